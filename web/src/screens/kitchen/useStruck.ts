/** What was cancelled under the cooks' hands stays on this screen until they have bumped it. */

import type { Json } from "@restai/sdk";
import type { OrderView, Snapshot } from "@restai/sdk/types";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { device } from "../../lib/device.ts";
import { useLive, useNews } from "../../live/LiveProvider.tsx";
import type { News } from "../../live/store.ts";
import { clear, putBack, readStruck, strike, written } from "./rules/struck.ts";
import type { Shows, Struck, StruckOrder } from "./rules/tickets.ts";

export interface Striking {
  struck: Struck;
  /** Its ticket was bumped. */
  clearOrder: (orderId: string) => void;
  /** The bump was undone; this was struck on its ticket. */
  restore: (bumped: StruckOrder | undefined) => void;
}

export function useStruck(shows: Shows): Striking {
  const { branchId, store, send } = useLive();
  const key = `kitchen.struck.${branchId}`;
  const [struck, setStruck] = useState<Struck>(() => readStruck(device.get(key), shows));
  const latest = useRef(shows);
  latest.current = shows;
  useEffect(() => device.set(key, written(struck)), [key, struck]);

  const news = useMemo<News>(() => {
    const compare = (before: OrderView | undefined, after: OrderView) => {
      if (before !== undefined) setStruck((all) => strike(all, before, after, latest.current));
    };
    return {
      applied: (event: Json) => {
        const after = event.order as OrderView | undefined;
        if (after !== undefined) compare(store.order(after.id), after);
      },
      // What happened in between was not told: what is gone may have been cancelled.
      replaced: (before: Snapshot | null, snapshot: Snapshot) => {
        const now = new Map(snapshot.orders.map((order) => [order.id, order]));
        for (const order of before?.orders ?? []) {
          const after = now.get(order.id);
          if (after !== undefined) compare(order, after);
          else {
            const path = `/api/orders/${order.id}`;
            send({ method: "GET", path }).then(
              (gone) => compare(order, gone as OrderView),
              () => undefined,
            );
          }
        }
      },
    };
  }, [store, send]);
  useNews(news);

  const clearOrder = useCallback((orderId: string) => setStruck((all) => clear(all, orderId)), []);
  const restore = useCallback(
    (bumped: StruckOrder | undefined) => setStruck((all) => putBack(all, bumped)),
    [],
  );
  return { struck, clearOrder, restore };
}
