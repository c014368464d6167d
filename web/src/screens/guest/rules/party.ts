/** Who sits at the table. Pure. */

import type { GuestSessionView, GuestSnapshot, GuestView } from "@restai/sdk/types";

/** How a visit ended for this phone. */
export type Ending = "completed" | "rejected" | "removed" | "over";

/** Whether this phone takes part in its visit. */
export function isIn({ session }: GuestSnapshot, guestId: string): boolean {
  return session.status === "active" && guestOf(session, guestId)?.status === "in";
}

export function guestOf(session: GuestSessionView, guestId: string): GuestView | undefined {
  return session.guests.find(({ id }) => id === guestId);
}

export function partyOf(session: GuestSessionView): GuestView[] {
  return session.guests.filter(({ status }) => status === "in");
}

/** Who asks to be let in. */
export function knocking(session: GuestSessionView): GuestView[] {
  return session.guests.filter(({ status }) => status === "waiting");
}

/** How a visit ended, by the last that was heard of it; null: it goes on. */
export function endingOf(snapshot: GuestSnapshot, guestId: string): Ending | null {
  const { session } = snapshot;
  if (session.status === "rejected") return "rejected";
  if (session.status === "completed") return session.mergedInto === null ? "completed" : null;
  return guestOf(session, guestId) === undefined ? "removed" : null;
}
