/** How old a ticket is, and what that means on this screen. Pure; all in ms by the server's clock. */

import type { LineView, OrderView } from "@restai/sdk/types";
import { madeAt } from "../../../lib/ids.ts";
import { MINUTE } from "../../../lib/time.ts";

export type Age = "fresh" | "due" | "late";

/** From when on a ticket is due and late, in minutes. */
export interface Limits {
  due: number;
  late: number;
}

export const LIMITS: Limits = { due: 8, late: 12 };

export function ageOf(span: number, limits: Limits): Age {
  if (span >= limits.late * MINUTE) return "late";
  return span >= limits.due * MINUTE ? "due" : "fresh";
}

/** When a line came to the kitchen: with its order, or by a later round. */
export function came(order: OrderView, line: LineView): number {
  if (line.round <= 1) return order.createdAt;
  return madeAt(line.id) ?? order.statusChangedAt;
}
