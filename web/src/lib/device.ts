/** What this device remembers: choices, never data. A browser that keeps nothing forgets them on reload. */

const PREFIX = "restai.";
const forgotten = new Map<string, string>();

export const device = {
  get<T>(name: string): T | null {
    const text = read(name);
    try {
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  },

  set(name: string, value: unknown): void {
    const text = JSON.stringify(value);
    forgotten.set(name, text);
    try {
      localStorage.setItem(PREFIX + name, text);
    } catch {
      // full or forbidden: it holds until the page is left
    }
  },

  remove(name: string): void {
    forgotten.delete(name);
    try {
      localStorage.removeItem(PREFIX + name);
    } catch {
      // there was nothing
    }
  },
};

function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name) ?? forgotten.get(name) ?? null;
  } catch {
    return forgotten.get(name) ?? null;
  }
}
