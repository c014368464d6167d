/** What this screen is for: kept on the device, per branch. */

import { useCallback, useState } from "react";
import { device } from "../../lib/device.ts";
import { LIMITS, type Limits } from "./rules/ages.ts";
import type { Filter } from "./rules/tickets.ts";

export interface Settings extends Filter, Limits {
  /** What it is called; empty: after what it shows. */
  name: string;
  sound: boolean;
  aside: boolean;
}

const DEFAULT: Settings = { name: "", stations: null, spaces: null, sound: true, aside: true, ...LIMITS };

export function readSettings(branchId: string): Settings {
  return { ...DEFAULT, ...device.get<Partial<Settings>>(keyOf(branchId)) };
}

export function useSettings(branchId: string): [Settings, (change: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(() => readSettings(branchId));
  const change = useCallback(
    (changed: Partial<Settings>) => {
      setSettings((before) => {
        const after = { ...before, ...changed };
        device.set(keyOf(branchId), after);
        return after;
      });
    },
    [branchId],
  );
  return [settings, change];
}

function keyOf(branchId: string): string {
  return `kitchen.${branchId}`;
}
