/** Tap, bump, and take it back: what is done with tickets, each at once on this screen. */

import type { LineView, OrderView } from "@restai/sdk/types";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Refusal, useLive } from "../../live/LiveProvider.tsx";
import { lineBack, lineReady } from "./commands.ts";
import { type StruckOrder, type Ticket, toBump } from "./rules/tickets.ts";
import type { Striking } from "./useStruck.ts";

/** ms in which a bump can be taken back with one tap; later it is recalled. */
export const UNDO_FOR = 8_000;

export interface Undo {
  order: OrderView;
  lines: LineView[];
  /** What was struck on its ticket. */
  struck: StruckOrder | undefined;
  /** By the page's steady clock, in ms. */
  until: number;
}

export interface Bumping {
  bump: (ticket: Ticket) => void;
  /** Done, or not done after all. The last open line of a ticket bumps it. */
  tap: (ticket: Ticket, line: LineView) => void;
  /** Bring back lines of an order that were made ready. */
  bringBack: (order: OrderView, lines: readonly LineView[]) => void;
  /** What can be undone now. */
  undoable: Undo | null;
  undo: () => void;
}

export function useBumping({ struck, clearOrder, restore }: Striking): Bumping {
  const { command, refusals } = useLive();
  const [undoable, setUndoable] = useState<Undo | null>(null);
  const latest = useRef(struck);
  latest.current = struck;

  useEffect(() => {
    if (undoable === null) return undefined;
    const timer = setTimeout(() => setUndoable(null), undoable.until - performance.now());
    return () => clearTimeout(timer);
  }, [undoable]);

  useEffect(() => {
    const forget = (undo: Undo | null) =>
      undo !== null && cameToNothing(undo, refusals.read()) ? null : undo;
    return refusals.subscribe(() => setUndoable(forget));
  }, [refusals]);

  const bump = useCallback(
    (ticket: Ticket) => {
      const { order } = ticket;
      const lines = toBump(ticket);
      const gone = latest.current.get(order.id);
      setUndoable({ order, lines, struck: gone, until: performance.now() + UNDO_FOR });
      clearOrder(order.id);
      for (const line of lines) void command(lineReady(order, line));
    },
    [command, clearOrder],
  );

  const tap = useCallback(
    (ticket: Ticket, line: LineView) => {
      if (line.status === "ready") return void command(lineBack(ticket.order, line));
      const open = toBump(ticket);
      if (open.length === 1 && open[0]?.id === line.id) return bump(ticket);
      return void command(lineReady(ticket.order, line));
    },
    [command, bump],
  );

  const bringBack = useCallback(
    (order: OrderView, lines: readonly LineView[]) => {
      for (const line of lines) void command(lineBack(order, line));
    },
    [command],
  );

  const undo = useCallback(() => {
    if (undoable === null) return;
    setUndoable(null);
    restore(undoable.struck);
    bringBack(undoable.order, undoable.lines);
  }, [undoable, restore, bringBack]);

  return { bump, tap, bringBack, undoable, undo };
}

/** Whether the server would do nothing of a bump. */
function cameToNothing({ lines }: Undo, refusals: readonly Refusal[]): boolean {
  const refused = new Set(
    refusals.flatMap(({ command: { effect } }) => (effect?.on === "line" ? [effect.lineId] : [])),
  );
  return lines.every(({ id }) => refused.has(id));
}
