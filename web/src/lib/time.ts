/** Times as people read them: of day in the branch's time zone, and how long ago. All in ms. */

import type { Language } from "./language.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The time of day in a zone: "20:42". */
export function timeOfDay(when: number, zone: string | undefined, language: Language): string {
  const key = `${language} ${zone}`;
  let format = formats.get(key);
  if (format === undefined) {
    const of = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
    format = new Intl.DateTimeFormat(language, of);
    formats.set(key, format);
  }
  return format.format(when);
}

/** A span as a stopwatch shows it: "08:21", from an hour on "1:02:33". Never below zero. */
export function stopwatch(span: number): string {
  const seconds = Math.max(0, Math.floor(span / SECOND));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${pad(minutes)}:${pad(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
