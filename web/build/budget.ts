/** What a guest's phone loads, weighed: on bad mobile data each kilobyte is time at the table. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** bytes on the wire, of the page, all that it names, what its scripts fetch then, and its styles' fonts. */
const MOST = 150_000;
const NAMED = /(?:src|href)="(\/assets\/[^"]+)"/g;
/** Scripts that a script fetches later, as the bundler writes them down in it. */
const LATER = /["'`](assets\/[^"'`]+\.js)["'`]/g;
const FONT = /url\((\/assets\/[^)]+\.woff2)\)/g;

/** Fails the build where `page` loads more than that. Comes after what compresses. */
export function budget(page: string): Plugin {
  let folder = "";
  return {
    name: "restai:budget",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle: {
      order: "post",
      sequential: true,
      handler() {
        const named = paths(join(folder, page), NAMED);
        const later = named.flatMap((path) => paths(join(folder, path), LATER));
        const styles = named.filter((path) => path.endsWith(".css"));
        const fonts = styles.flatMap((path) => paths(join(folder, path), FONT));
        const files = new Set([page, ...named, ...later.map((path) => `/${path}`), ...fonts]);
        const weight = [...files].reduce((sum, file) => sum + sizeOf(join(folder, file)), 0);
        if (weight > MOST) this.error(`${page} loads ${weight} bytes: more than ${MOST}`);
        this.info(`${page} loads ${weight} bytes, of ${MOST}`);
      },
    },
  };
}

function paths(file: string, pattern: RegExp): string[] {
  return [...readFileSync(file, "utf-8").matchAll(pattern)].map(([, path]) => path as string);
}

/** As it is sent: compressed, if that was worth it. */
function sizeOf(path: string): number {
  try {
    return readFileSync(`${path}.br`).length;
  } catch {
    return readFileSync(path).length;
  }
}
