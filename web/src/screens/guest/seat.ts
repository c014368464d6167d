/** Where this phone sits: a token, kept so that a reload comes back, and how its visit ended. */

import type { Joined, Welcome } from "@restai/sdk/types";
import { ask } from "../../api/http.ts";
import { device } from "../../lib/device.ts";
import { newId } from "../../lib/ids.ts";
import { readCode } from "./rules/code.ts";
import type { Ending } from "./rules/party.ts";

export interface Seat {
  /** The code that was scanned: what is on the menu is asked by it. */
  code: string;
  token: string;
  guestId: string;
  name: string;
  branchId: string;
  ended: null;
}

/** What this phone still knows of a visit that is over: nothing that leads back into it. */
export interface Left {
  code: string;
  name: string;
  ended: Farewell;
}

/** How a visit ended. */
export interface Farewell {
  how: Ending;
  /** What the staff said, or `expired`. */
  reason: string | null;
  branch: string;
  /** What it came to, as people read it; null: nothing was ordered. */
  total: string | null;
  /** ms since the epoch by this phone's clock. */
  at: number;
}

/** ms that a farewell is shown for: who scans the code again later comes anew. */
const AFTERGLOW = 60 * 60_000;
const KEY = "seat";
const ASKING = "asking";
const NAME = "guestName";

/** Where this phone sits, if it sits anywhere, or has sat until now. */
export function seatOf(): Seat | Left | null {
  const seat = device.get<Seat | Left>(KEY);
  if (seat === null || seat.ended === null || Date.now() - seat.ended.at <= AFTERGLOW) return seat;
  leaveSeat();
  return null;
}

/** The seat at the table with this code. */
export function seatAt(code: string): Seat | Left | null {
  const seat = seatOf();
  return seat !== null && seat.code === code ? seat : null;
}

export function keepSeat(seat: Seat): void {
  device.set(KEY, seat);
}

export function leaveSeat(): void {
  device.remove(KEY);
}

/**
 * The visit is over, and this is left of it. Another tab may have heard of it first, which says best how it
 * ended, or its guest has sat down anew since.
 */
export function endSeat({ code, name, guestId }: Seat, ended: Farewell): Left {
  const kept = seatOf();
  if (kept !== null && kept.ended !== null && kept.code === code) return kept;
  const left = { code, name, ended };
  if (kept?.ended === null && kept.guestId === guestId) device.set(KEY, left);
  return left;
}

/** What this guest called himself last. */
export function lastName(): string {
  return device.get<string>(NAME) ?? "";
}

export async function readWelcome(code: string): Promise<Welcome> {
  return (await ask({ method: "GET", path: `/api/guest/tables/${code}` })) as Welcome;
}

/**
 * Join the visit at a table, or ask for one. Whoever asks again because no answer came asks with the same
 * key, and is the same guest. Throws a Problem, or anything else if no answer came.
 */
export async function join(code: string, name: string, { branch }: Welcome): Promise<Seat> {
  const path = `/api/guest/tables/${code}/join`;
  const answer = (await ask({ method: "POST", path, body: { name }, key: keyFor(code, name) })) as Joined;
  const { token, guest } = answer;
  const seat: Seat = { code, token, guestId: guest.id, name: guest.name, branchId: branch.id, ended: null };
  device.remove(ASKING);
  device.set(NAME, name);
  keepSeat(seat);
  return seat;
}

function keyFor(code: string, name: string): string {
  const asking = device.get<{ code: string; name: string; key: string }>(ASKING);
  if (asking?.code === code && asking.name === name) return asking.key;
  const key = newId();
  device.set(ASKING, { code, name, key });
  return key;
}

/** The code in an address of a table; as it was written, if it is none. */
export function codeIn(written: string): string {
  return readCode(written) ?? written;
}
