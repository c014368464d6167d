/** The language of this device: the browser's, until somebody chooses another. */

import { useSyncExternalStore } from "react";
import { device } from "./device.ts";

/** All there are, by what each calls itself. */
export const NAMES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof NAMES;
export const LANGUAGES = Object.keys(NAMES) as readonly Language[];

/** The same words in every language: a missing one does not compile. */
export type Dictionary<Words> = Record<Language, Words>;

const KEY = "language";
const listeners = new Set<() => void>();

export function language(): Language {
  const chosen = device.get<Language>(KEY);
  const wanted = chosen === null ? navigator.languages : [chosen];
  const spoken = wanted.map((each) => each.slice(0, 2).toLowerCase());
  return (
    LANGUAGES.find((each) => each === spoken.find((one) => (LANGUAGES as readonly string[]).includes(one))) ??
    "en"
  );
}

export function chooseLanguage(chosen: Language): void {
  device.set(KEY, chosen);
  document.documentElement.lang = chosen;
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

/** The language to offer beside one: who takes it again and again comes to each. */
export function languageAfter(one: Language): Language {
  return LANGUAGES[(LANGUAGES.indexOf(one) + 1) % LANGUAGES.length] ?? one;
}

/** The words of a dictionary in this device's language. */
export function useWords<Words>(dictionary: Dictionary<Words>): Words {
  return dictionary[useLanguage()];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
