/** The screens of the staff. Each is fetched when somebody opens it. */

import type { Screen as Named } from "@restai/sdk";
import { type ComponentType, lazy } from "react";
import type { Doors } from "./App.tsx";
import { device } from "./lib/device.ts";
import { newId } from "./lib/ids.ts";
import { language } from "./lib/language.ts";
import { part } from "./lib/shell.ts";
import { nameOf } from "./screens/kitchen/naming.ts";
import { readSettings } from "./screens/kitchen/useSettings.ts";
import { words as kitchen } from "./screens/kitchen/words.ts";

interface Entry {
  path: string;
  kind: Named["kind"];
  /** What this device's is called, in a branch. */
  name: (branchId: string) => string;
  Screen: ComponentType<Doors>;
}

export const SCREENS: readonly Entry[] = [
  {
    path: "/kitchen",
    kind: "kitchen",
    name: (branchId) => nameOf(readSettings(branchId), kitchen[language()].kitchen),
    Screen: lazy(part(() => import("./screens/kitchen/Kitchen.tsx"))),
  },
];

/** Where work begins. */
export const HOME = "/kitchen";

/** As long as a name may be. */
const LONGEST_NAME = 80;

/** How this device is shown to the others in a branch, on a page; undefined: not at all. */
export function screenAt(path: string, branchId: string): Named | undefined {
  const page = path === "/" ? HOME : path;
  const entry = SCREENS.find((each) => each.path === page);
  if (entry === undefined) return undefined;
  const name = entry.name(branchId).trim().slice(0, LONGEST_NAME);
  return { id: idOf(entry.kind), kind: entry.kind, name };
}

/** The device's own id as a screen of a kind; it keeps it. */
function idOf(kind: Named["kind"]): string {
  const key = `screen.${kind}`;
  const id = device.get<string>(key) ?? newId();
  device.set(key, id);
  return id;
}
