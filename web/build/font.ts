/** The guests' font: of the whole one only what a menu is written with, a fifth of the bytes. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import subset from "subset-font";
import type { Plugin } from "vite";

const WHOLE = createRequire(import.meta.url).resolve(
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
);
/** Where `ui/inter.css` looks for it. */
const FOLDER = fileURLToPath(new URL("../../node_modules/.restai/", import.meta.url));

/** What the languages of Western Europe and the Americas need; any other letter is the phone's own. */
const LATIN_1 = Array.from({ length: 0x100 - 0x20 }, (_, at) => String.fromCharCode(0x20 + at)).join("");
const MARKS = "–—‘’“”…•−€‹›";
/** Kerning, accents, figures of one width, and the "l" that is no "I". */
const FEATURES = ["kern", "mark", "ccmp", "locl", "tnum", "cv05"];

export function guestFont(): Plugin {
  return {
    name: "restai:guest-font",
    async config() {
      const font = await subset(readFileSync(WHOLE), LATIN_1 + MARKS, {
        targetFormat: "woff2",
        keepFeatures: FEATURES,
        variationAxes: { wght: { min: 400, max: 800 } },
      });
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(`${FOLDER}inter.woff2`, font);
    },
  };
}
