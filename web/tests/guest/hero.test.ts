/** The name of a house on its colours, as WCAG measures contrast. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const STYLES = readFileSync(new URL("../../src/ui/styles.css", import.meta.url), "utf8");
const HERO = /@utility hero \{[^}]*\}/.exec(STYLES)?.[0] ?? "";

/** Of white, which is 1 bright, on a colour as `#a6631f`. */
function contrast(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => light(parseInt(colour.slice(at, at + 2), 16)));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

/** How bright a part of a colour is, from 0 to 1. */
function light(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

it("is white on what is dark enough, wherever its lines come to stand", () => {
  const stops = HERO.match(/#[0-9a-f]{6}/g) ?? [];
  expect(stops).toHaveLength(3); // between two of them it is never lighter than the lighter
  for (const stop of stops) expect(contrast(stop), stop).toBeGreaterThanOrEqual(4.5);
});
