/** Which lines were taken away while the kitchen was at them. Pure. */

import type { OrderView } from "@restai/sdk/types";
import type { Struck, StruckOrder } from "./tickets.ts";
import { isOpen } from "./tickets.ts";

/** With what `after` has lost against `before`; unchanged if that is nothing. */
export function strike(struck: Struck, before: OrderView, after: OrderView): Struck {
  const status = new Map(after.items.map((line) => [line.id, line.status]));
  const lost = before.items
    .filter((line) => isOpen(before, line) && status.get(line.id) === "cancelled")
    .map((line) => line.id);
  const known = struck.get(after.id);
  if (lost.length === 0 && known === undefined) return struck;
  const lineIds = new Set([...(known?.lineIds ?? []), ...lost]);
  return new Map(struck).set(after.id, { order: after, lineIds });
}

/** Without an order's: its ticket was bumped. */
export function clear(struck: Struck, orderId: string): Struck {
  if (!struck.has(orderId)) return struck;
  const rest = new Map(struck);
  rest.delete(orderId);
  return rest;
}

/** As this device keeps it. */
export function written(struck: Struck): unknown {
  return [...struck.values()].map(({ order, lineIds }) => ({ order, lineIds: [...lineIds] }));
}

/** From what this device kept; what it can't read is nothing. */
export function readStruck(kept: unknown): Struck {
  if (!Array.isArray(kept)) return new Map();
  const orders = kept as { order: OrderView; lineIds: string[] }[];
  return new Map(
    orders.map(({ order, lineIds }): [string, StruckOrder] => [
      order.id,
      { order, lineIds: new Set(lineIds) },
    ]),
  );
}
