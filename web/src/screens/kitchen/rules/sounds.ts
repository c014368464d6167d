/** What an event should sound like in the kitchen. Pure. */

import type { Json } from "@restai/sdk";
import type { OrderView } from "@restai/sdk/types";
import { type Filter, isOpen, isOurs } from "./tickets.ts";

/** Loudest last: of several at once the last is heard. */
export const SOUNDS = ["changed", "new", "cancelled"] as const;
export type Sound = (typeof SOUNDS)[number];

/** The sound of an event for a screen that held `before`; null: none. Old news never rings. */
export function soundOf(
  event: Json,
  before: OrderView | undefined,
  filter: Filter,
  replay: boolean,
): Sound | null {
  const after = event.order as OrderView | undefined;
  if (replay || after === undefined) return null;
  const open = openLines(after, filter);
  const had = before === undefined ? new Set<string>() : openLines(before, filter);
  const cancelled = after.items.some((line) => had.has(line.id) && line.status === "cancelled");
  if (cancelled) return "cancelled";
  const came = [...open].some((id) => !had.has(id) && !before?.items.some((line) => line.id === id));
  const confirmed = before?.status === "pending" && open.size > 0;
  if (came || confirmed) return before === undefined || confirmed ? "new" : "changed";
  return before !== undefined && had.size > 0 && after.priority && !before.priority ? "changed" : null;
}

function openLines(order: OrderView, filter: Filter): Set<string> {
  return new Set(
    order.items.filter((line) => isOpen(order, line) && isOurs(line, filter)).map(({ id }) => id),
  );
}
