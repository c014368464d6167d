/** What an event should sound like in the kitchen. Pure. */

import type { Json } from "@restai/sdk";
import type { OrderView } from "@restai/sdk/types";
import { isOpen, type Shows } from "./tickets.ts";

/** Loudest last: of several at once the last is heard. */
export const SOUNDS = ["changed", "new", "cancelled"] as const;
export type Sound = (typeof SOUNDS)[number];

/** The sound of an event for a screen that held `before`; null: none. Old news never rings. */
export function soundOf(
  event: Json,
  before: OrderView | undefined,
  shows: Shows,
  replay: boolean,
): Sound | null {
  const after = event.order as OrderView | undefined;
  if (replay || after === undefined) return null;
  const open = openLines(after, shows);
  const had = before === undefined ? new Set<string>() : openLines(before, shows);
  const held = new Set(before?.items.filter((line) => shows(before, line)).map(({ id }) => id));
  const cancelled = after.items.some((line) => had.has(line.id) && line.status === "cancelled");
  if (cancelled) return "cancelled";
  const came = [...open].some((id) => !held.has(id));
  const confirmed = before?.status === "pending" && open.size > 0;
  if (came || confirmed) return held.size === 0 || confirmed ? "new" : "changed";
  return before !== undefined && had.size > 0 && after.priority && !before.priority ? "changed" : null;
}

function openLines(order: OrderView, shows: Shows): Set<string> {
  return new Set(order.items.filter((line) => isOpen(order, line) && shows(order, line)).map(({ id }) => id));
}
