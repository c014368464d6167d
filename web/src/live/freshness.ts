/** How old what is shown is, where the connection cannot know: it is from before a reload. Pure. */

import type { Freshness } from "@restai/sdk";

/**
 * `freshness` of data that was the server's at `confirmedAt`, if it was kept; both times in ms, by this
 * device's clock. A connection that has not confirmed anything yet only knows since when it tries.
 */
export function recalled(freshness: Freshness, confirmedAt: number | undefined, now: number): Freshness {
  if (freshness.confirmedAgo !== null || confirmedAt === undefined) return freshness;
  const ago = Math.max(0, now - confirmedAt);
  const lostAgo = freshness.lostAgo === null ? null : Math.max(ago, freshness.lostAgo);
  return { ...freshness, confirmedAgo: ago, lostAgo };
}
