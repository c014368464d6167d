/** The visit as a guest's phone knows it. */

import type { CartLineView, GuestItemView, GuestMenuView, GuestSnapshot, GuestView } from "@restai/sdk/types";
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type RefObject, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { Answered, Command } from "../../api/queue.ts";
import { useAnswered, useUnsent } from "../../live/hooks.ts";
import { keys } from "../../live/keys.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { shownCart, underWay } from "./rules/cart.ts";
import { readWelcome, type Seat } from "./seat.ts";

export interface Visit {
  snapshot: GuestSnapshot;
  menu: GuestMenuView | undefined;
  items: ReadonlyMap<string, GuestItemView>;
  seat: Seat;
  me: GuestView;
  lines: readonly CartLineView[];
  /** The lines at this moment: what a tap just before did may not have been drawn. */
  linesNow: () => readonly CartLineView[];
  sending: readonly CartLineView[];
  /** What was done here and has not arrived. */
  underWay: readonly Command[];
  /** The ids of those that knock and this guest leaves to others, on all screens of the visit. */
  passedOver: readonly string[];
  passOver: (guest: GuestView) => void;
  /** How far the menu was scrolled when it was left, in px. */
  menuTop: RefObject<number>;
}

/** The snapshot; undefined: not read yet, null: not ours to see. */
export function useGuestSnapshot(): GuestSnapshot | null | undefined {
  const { branchId } = useLive();
  return useQuery<GuestSnapshot | null>({ queryKey: keys.snapshot(branchId), queryFn: skipToken }).data;
}

/** What guests may read of the menu, by the code of the table. */
export function useGuestMenu(code: string): GuestMenuView | undefined {
  const { branchId, store } = useLive();
  return useQuery<GuestMenuView>({
    queryKey: keys.menu(branchId),
    queryFn: async () => store.read((await readWelcome(code)).menu),
  }).data;
}

export function useVisitOf(snapshot: GuestSnapshot, seat: Seat): Visit {
  const menu = useGuestMenu(seat.code);
  const unsent = useUnsent();
  const answered = useAnswered();
  const [passedOver, setPassedOver] = useState<readonly string[]>([]);
  const passOver = useCallback(({ id }: GuestView) => setPassedOver((before) => [...before, id]), []);
  const menuTop = useRef(0);
  const me = useMemo<GuestView>(() => ({ id: seat.guestId, name: seat.name, status: "in" }), [seat]);
  const linesNow = useLinesNow(seat.branchId, me);
  return useMemo(() => {
    const pending = underWay(snapshot, answered, unsent);
    const items = (menu?.categories ?? []).flatMap((category) => category.items);
    return {
      snapshot,
      menu,
      items: new Map(items.map((item) => [item.id, item])),
      seat,
      me,
      ...shownCart(snapshot, pending, me),
      linesNow,
      underWay: pending,
      passedOver,
      passOver,
      menuTop,
    };
  }, [snapshot, menu, seat, me, linesNow, unsent, answered, passedOver, passOver]);
}

function useLinesNow(branchId: string, me: GuestView): Visit["linesNow"] {
  const queries = useQueryClient();
  return useCallback(() => {
    const snapshot = queries.getQueryData<GuestSnapshot | null>(keys.snapshot(branchId));
    if (!snapshot) return [];
    const answered = queries.getQueryData<readonly Answered[]>(keys.answered) ?? [];
    const unsent = queries.getQueryData<readonly Command[]>(keys.outbox) ?? [];
    return shownCart(snapshot, underWay(snapshot, answered, unsent), me).lines;
  }, [queries, branchId, me]);
}

export const VisitContext = createContext<Visit | null>(null);

export function useVisit(): Visit {
  const visit = useContext(VisitContext);
  if (visit === null) throw new Error("there is no visit around this component");
  return visit;
}
