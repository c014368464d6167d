/** What a guest's phone loads at first, weighed: on bad mobile data each kilobyte is time at the table. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** bytes on the wire, of the page and all that it names. */
const MOST = 150_000;
const NAMED = /(?:src|href)="(\/assets\/[^"]+)"/g;

/** Fails the build where the first load of `page` is more than that. Comes after what compresses. */
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
        const named = [...readFileSync(join(folder, page), "utf-8").matchAll(NAMED)];
        const files = [page, ...named.map(([, path]) => path as string)];
        const weight = files.reduce((sum, file) => sum + sizeOf(join(folder, file)), 0);
        if (weight > MOST) this.error(`${page} loads ${weight} bytes at first: more than ${MOST}`);
        this.info(`${page} loads ${weight} bytes at first, of ${MOST}`);
      },
    },
  };
}

/** As it is sent: compressed, if that was worth it. */
function sizeOf(path: string): number {
  try {
    return readFileSync(`${path}.br`).length;
  } catch {
    return readFileSync(path).length;
  }
}
