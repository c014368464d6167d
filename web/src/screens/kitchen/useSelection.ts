/** Which ticket the keys are about. */

import { type RefObject, useCallback, useRef, useState } from "react";
import type { Ticket } from "./rules/tickets.ts";

export interface Selection {
  id: string | null;
  ticket: Ticket | undefined;
  select: (id: string | null) => void;
  /** The ticket at a place of the wall, if there is one. */
  goTo: (place: number) => void;
  move: (step: number) => void;
  moveRows: (step: number) => void;
  /** A ticket leaves the wall: its neighbour is next. */
  leave: (ticket: Ticket) => void;
}

export function useSelection(tickets: readonly Ticket[], board: RefObject<HTMLElement | null>): Selection {
  const [id, select] = useState<string | null>(null);
  const at = tickets.findIndex((ticket) => ticket.order.id === id);
  const goTo = (place: number) => select((now) => tickets[place]?.order.id ?? now);
  const move = (step: number) => goTo(at < 0 ? 0 : Math.max(0, Math.min(at + step, tickets.length - 1)));
  const latest = useRef(tickets);
  latest.current = tickets;
  const leave = useCallback((ticket: Ticket) => {
    const place = latest.current.indexOf(ticket);
    const next = latest.current[place + 1] ?? latest.current[place - 1];
    select((now) => (now === ticket.order.id ? (next?.order.id ?? null) : now));
  }, []);
  return {
    id,
    ticket: tickets[at],
    select,
    goTo,
    move,
    moveRows: (step) => move(step * columns(board.current)),
    leave,
  };
}

/** How many tickets stand beside each other now. */
function columns(board: HTMLElement | null): number {
  const grid = board?.querySelector("[data-wall]");
  return grid ? getComputedStyle(grid).gridTemplateColumns.split(" ").length : 1;
}
