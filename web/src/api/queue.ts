/** What is to be said to the server, in order, and what an answer means for it. Pure. */

import { SignedOut } from "@restai/sdk";
import type { CartLineDraft, RequestKind } from "@restai/sdk/types";
import { Problem } from "./http.ts";

/**
 * Something somebody did here. Its `id` sorts by when, and is its Idempotency-Key: sent twice, it
 * applies once.
 */
export interface Command {
  id: string;
  /** Whose it is: only the same person's sign-in sends it. */
  principal: string;
  branchId: string;
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  /** What the answer is: an `order`, a `table`; absent if nothing that a snapshot holds. */
  answers?: string;
  /** What it does to what is shown, until it is answered. */
  effect?: Effect;
  attempts: number;
}

export type Effect =
  | { on: "line"; orderId: string; lineId: string; status: string }
  | { on: "priority"; orderId: string; priority: boolean }
  | { on: "item"; itemId: string; isAvailable: boolean }
  /** A line of the party's cart: as it shall be, or (null) taken out. */
  | { on: "cart"; lineId: string; dish: CartLineDraft | null }
  /** These lines of the cart become an order. */
  | { on: "order"; orderId: string; lineIds: readonly string[] }
  | { on: "call"; kind: RequestKind }
  | { on: "guest"; guestId: string };

/** A command that the server has done, and what it answered. */
export interface Answered {
  command: Command;
  answer: { id: string };
}

/** What begins with these is shown by the outbox until its event has arrived. */
export const BEGINNINGS: ReadonlySet<Effect["on"] | undefined> = new Set(["order", "call"]);

export type Verdict =
  /** Keep it, and try again `after` ms. */
  | { is: "again"; after: number }
  /** It will never be done: the person is told. */
  | { is: "refused"; problem: Problem | null }
  /** It waits for its person to sign in again. */
  | { is: "waiting" };

/** ms, full jitter, as the connection's. */
const BACKOFF_BASE = 500;
const BACKOFF_MOST = 20_000;
/** Times that the server may fail at a command before the others are let past it. */
const FAILURES = 6;

/** What to do with a command that failed; `random` is in [0, 1). */
export function judge(error: unknown, attempts: number, random: number): Verdict {
  if (error instanceof SignedOut) return { is: "waiting" };
  if (!(error instanceof Problem)) return { is: "again", after: backoff(attempts, random) };
  if (error.status === 401) return { is: "waiting" };
  const passing = error.status === 429 || error.status === 408 || error.status === 503;
  const broken = error.status >= 500 && attempts < FAILURES;
  if (passing || broken) return { is: "again", after: Math.max(error.retryAfter, backoff(attempts, random)) };
  return { is: "refused", problem: error };
}

function backoff(attempts: number, random: number): number {
  return Math.floor(random * Math.min(BACKOFF_MOST, BACKOFF_BASE * 2 ** Math.min(attempts, 16)));
}
