/** What a kitchen's screen is called: as somebody named it, or after what it shows. */

import type { Settings } from "./useSettings.ts";

export function nameOf({ name, stations }: Settings, all: string): string {
  if (name.trim() !== "") return name.trim();
  return stations === null || stations.length === 0 ? all : stations.map(capital).join(" + ");
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
