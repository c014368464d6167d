/** Which lines were taken away while the kitchen was at them. Pure. */

import type { OrderView } from "@restai/sdk/types";
import { isOpen, type Shows, type Struck, type StruckOrder } from "./tickets.ts";

/**
 * With what this screen's cooks have lost in `after` against `before`; unchanged if that is nothing. What
 * the screen can't show any more is gone: nobody there could bump it.
 */
export function strike(struck: Struck, before: OrderView, after: OrderView, shows: Shows): Struck {
  const status = new Map(after.items.map((line) => [line.id, line.status]));
  const lost = before.items
    .filter((line) => isOpen(before, line) && shows(before, line) && status.get(line.id) === "cancelled")
    .map((line) => line.id);
  const known = struck.get(after.id);
  if (lost.length === 0 && known === undefined) return struck;
  const now = { order: after, lineIds: new Set([...(known?.lineIds ?? []), ...lost]) };
  return isShown(now, shows) ? new Map(struck).set(after.id, now) : clear(struck, after.id);
}

/** Without an order's: its ticket was bumped. */
export function clear(struck: Struck, orderId: string): Struck {
  if (!struck.has(orderId)) return struck;
  const rest = new Map(struck);
  rest.delete(orderId);
  return rest;
}

/** With an order's again, beside what it has lost since: the bump of its ticket was undone. */
export function putBack(struck: Struck, bumped: StruckOrder | undefined): Struck {
  if (bumped === undefined) return struck;
  const since = struck.get(bumped.order.id);
  const lineIds = new Set([...bumped.lineIds, ...(since?.lineIds ?? [])]);
  return new Map(struck).set(bumped.order.id, { order: since?.order ?? bumped.order, lineIds });
}

/** As this device keeps it. */
export function written(struck: Struck): unknown {
  return [...struck.values()].map(({ order, lineIds }) => ({ order, lineIds: [...lineIds] }));
}

/** From what this device kept, as far as this screen shows it; what it can't read is nothing. */
export function readStruck(kept: unknown, shows: Shows): Struck {
  if (!Array.isArray(kept)) return new Map();
  const orders = kept as { order: OrderView; lineIds: string[] }[];
  const all = orders.map(({ order, lineIds }): StruckOrder => ({ order, lineIds: new Set(lineIds) }));
  return new Map(all.filter((each) => isShown(each, shows)).map((each) => [each.order.id, each]));
}

function isShown({ order, lineIds }: StruckOrder, shows: Shows): boolean {
  return order.items.some((line) => lineIds.has(line.id) && shows(order, line));
}
