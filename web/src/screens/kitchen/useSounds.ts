/** Rings for what happens, again and again, until somebody at the screen has noticed. */

import type { Json } from "@restai/sdk";
import type { OrderView } from "@restai/sdk/types";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLive, useNews } from "../../live/LiveProvider.tsx";
import type { News } from "../../live/store.ts";
import { Chimes } from "./chimes.ts";
import { SOUNDS, type Sound, soundOf } from "./rules/sounds.ts";
import type { Shows } from "./rules/tickets.ts";

/** ms between two times. */
const AGAIN = 10_000;
/** ms in which several events are one sound. */
const TOGETHER = 150;

export interface Sounding {
  /** What is ringing now. */
  ringing: Sound | null;
  /** Whether the browser lets it be heard. */
  allowed: boolean;
  /** The last thing to be said to who can't see the screen. */
  last: { sound: Sound; order: OrderView } | null;
}

export function useSounds(shows: Shows, on: boolean): Sounding {
  const { store } = useLive();
  const [ringing, setRinging] = useState<Sound | null>(null);
  const [allowed, setAllowed] = useState(false);
  const chimes = useMemo(() => new Chimes(setAllowed), []);
  const [last, setLast] = useState<Sounding["last"]>(null);
  const latest = useRef(shows);
  latest.current = shows;

  const news = useMemo<News>(
    () => ({
      applied: (event: Json, replay: boolean) => {
        const order = event.order as OrderView | undefined;
        const sound = order && soundOf(event, store.order(order.id), latest.current, replay);
        if (!order || !sound) return;
        setLast({ sound, order });
        setRinging((now) => (now === null || SOUNDS.indexOf(sound) > SOUNDS.indexOf(now) ? sound : now));
      },
    }),
    [store],
  );
  useNews(news);

  useEffect(() => {
    function noticed(): void {
      setRinging(null);
      void chimes.allow();
    }
    addEventListener("pointerdown", noticed);
    addEventListener("keydown", noticed);
    return () => {
      removeEventListener("pointerdown", noticed);
      removeEventListener("keydown", noticed);
      chimes.close();
    };
  }, [chimes]);

  useEffect(() => {
    if (ringing === null || !on) return undefined;
    const first = setTimeout(() => chimes.play(ringing), TOGETHER);
    const again = setInterval(() => chimes.play(ringing), AGAIN);
    return () => {
      clearTimeout(first);
      clearInterval(again);
    };
  }, [ringing, on, chimes]);

  return { ringing, allowed, last };
}
