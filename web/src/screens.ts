/** The screens of the staff. Each is fetched when somebody opens it. */

import { type ComponentType, lazy } from "react";
import type { Doors } from "./App.tsx";

interface Entry {
  path: string;
  Screen: ComponentType<Doors>;
}

export const SCREENS: readonly Entry[] = [
  { path: "/kitchen", Screen: lazy(() => import("./screens/kitchen/Kitchen.tsx")) },
];

/** Where work begins. */
export const HOME = "/kitchen";
