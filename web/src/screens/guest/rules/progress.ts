/** How far an order is, as its party sees it. Pure. */

import type { GuestItemView, GuestLineView, GuestOrderView } from "@restai/sdk/types";
import { MINUTE } from "../../../lib/time.ts";

export type StepName = "sent" | "seen" | "cooking" | "coming";

export interface Step {
  name: StepName;
  is: "done" | "now" | "ahead";
  /** When it was done; null: that is not known, or it is not. */
  at: number | null;
}

const OVER: ReadonlySet<string> = new Set(["completed", "cancelled"]);
const OUT: ReadonlySet<string> = new Set(["ready", "served", "completed"]);
const BROUGHT: ReadonlySet<string> = new Set(["served", "completed"]);

export function isOver(order: GuestOrderView): boolean {
  return OVER.has(order.status);
}

/** Whether the party waits for something of it. */
export function isAwaited(order: GuestOrderView): boolean {
  return !isOver(order) && order.status !== "served";
}

/**
 * From the table to the kitchen and back. A kitchen says what it has seen and what is ready; what it has
 * seen is being cooked, as far as the party is concerned.
 */
export function stepsOf(order: GuestOrderView): Step[] {
  const { status, seenAt } = order;
  const out = OUT.has(status);
  const begun = seenAt !== null || status === "preparing" || out;
  return [
    { name: "sent", is: "done", at: order.createdAt },
    { name: "seen", is: begun ? "done" : "now", at: seenAt },
    { name: "cooking", is: out ? "done" : begun ? "now" : "ahead", at: null },
    { name: "coming", is: BROUGHT.has(status) ? "done" : out ? "now" : "ahead", at: null },
  ];
}

/** How it stands with all that a party has ordered, in a word. */
export type Mood = "unconfirmed" | "cooking" | "coming" | "quiet";

export function moodOf(orders: readonly GuestOrderView[]): Mood {
  const awaited = orders.filter(isAwaited);
  if (awaited.length === 0) return "quiet";
  if (awaited.every(({ status }) => status === "pending")) return "unconfirmed";
  return awaited.some((order) => parted(order).toGo.length > 0) ? "cooking" : "coming";
}

/** Lines that were not cancelled, in two: what is ready (or brought), and what is to come. */
export function parted(order: GuestOrderView): { ready: GuestLineView[]; toGo: GuestLineView[] } {
  const live = order.items.filter(({ status }) => status !== "cancelled");
  const isReady = ({ status }: GuestLineView) => status === "ready" || status === "served";
  return { ready: live.filter(isReady), toGo: live.filter((line) => !isReady(line)) };
}

/**
 * In about how many minutes the last dish is ready, as the menu says how long each takes; null when
 * nothing is to come, or it takes longer than it should: then a number would only annoy.
 */
export function minutesLeft(
  order: GuestOrderView,
  items: ReadonlyMap<string, GuestItemView>,
  now: number,
): number | null {
  const toGo = parted(order).toGo.map(({ menuItemId }) => items.get(menuItemId)?.prepMinutes ?? 0);
  const left = Math.max(0, ...toGo) - (now - order.createdAt) / MINUTE;
  return toGo.length === 0 || left <= 0 ? null : Math.ceil(left);
}
