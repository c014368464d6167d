/** A table's code as people type it. Pure. */

const READ_AS = new Map([..."OILZSBU"].map((typed, at) => [typed, "011258V"[at] as string]));
const LENGTH = 8;

/** The code that was typed or scanned, as the server stores it; null if no code reads so. */
export function readCode(typed: string): string | null {
  const letters = [...typed.toUpperCase().replace(/[- ]/g, "")];
  const code = letters.map((each) => READ_AS.get(each) ?? each).join("");
  return code.length === LENGTH && /^[0-9A-Z]+$/.test(code) ? code : null;
}
