/** The wall as it is now: what the server says, and over it what was done here. */

import type { Snapshot } from "@restai/sdk/types";
import { useMemo, useRef } from "react";
import { useUnsent } from "../../live/hooks.ts";
import { overlaidOrders } from "../../live/overlay.ts";
import { type Filter, type Struck, sharing, type Ticket, type Wall, wall } from "./rules/tickets.ts";

export function useWall(snapshot: Snapshot, filter: Filter, struck: Struck): Wall {
  const commands = useUnsent();
  const before = useRef<readonly Ticket[]>([]);
  const orders = useMemo(() => overlaidOrders(snapshot.orders, commands), [snapshot.orders, commands]);
  return useMemo(() => {
    const { tickets, hidden } = wall(snapshot, orders, filter, struck);
    const shared = sharing(before.current, tickets);
    before.current = shared;
    return { tickets: shared, hidden };
  }, [snapshot, orders, filter, struck]);
}
