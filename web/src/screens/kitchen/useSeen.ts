/** Tells the server which lines this screen has drawn, so that the others know the kitchen has seen them. */

import { type RefObject, useEffect, useMemo } from "react";
import { useIsLive } from "../../live/hooks.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Lookout } from "./lookout.ts";
import type { Ticket } from "./rules/tickets.ts";

/**
 * Reports each line once its middle can be seen on `board`, on a page that is looked at. Nothing is
 * reported by a screen that is not live: it may show what nobody can see any more.
 */
export function useSeen(tickets: readonly Ticket[], board: RefObject<HTMLElement | null>): void {
  const { send } = useLive();
  const isLive = useIsLive();
  const lookout = useMemo(() => new Lookout(send), [send]);

  useEffect(() => () => lookout.stop(), [lookout]);
  useEffect(() => {
    if (isLive && board.current !== null) lookout.watch(tickets, board.current);
    else lookout.rest();
  }, [tickets, board, isLive, lookout]);
}
