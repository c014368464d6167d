/** What screens read: the branch's data, its menu, what is not sent yet, and the time. */

import type { Freshness } from "@restai/sdk";
import { useClient } from "@restai/sdk/react";
import type { MenuView, Snapshot } from "@restai/sdk/types";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Answered, Command } from "../api/queue.ts";
import { recalled } from "./freshness.ts";
import { keys } from "./keys.ts";
import { useLive } from "./LiveProvider.tsx";
import { useTick, watch } from "./tick.ts";

/** The branch as it is known; undefined: not read yet, null: not ours to see. */
export function useSnapshot<Part = Snapshot | null>(
  select?: (snapshot: Snapshot | null) => Part,
): Part | undefined {
  const { branchId } = useLive();
  return useQuery<Snapshot | null, Error, Part>({
    queryKey: keys.snapshot(branchId),
    queryFn: skipToken, // events keep it right; nothing else reads it
    ...(select && { select }),
  }).data;
}

/** How fresh it is, anew each second. */
export function useFreshness(): Freshness {
  const { branchId } = useLive();
  const client = useClient();
  useTick();
  useQuery<Freshness>({ queryKey: keys.freshness(branchId), queryFn: skipToken });
  const confirmedAt = useQuery<number>({ queryKey: keys.recalled(branchId), queryFn: skipToken }).data;
  return recalled(client?.freshness(branchId) ?? UNKNOWN, confirmedAt, Date.now());
}

const UNKNOWN: Freshness = { state: "reconnecting", confirmedAgo: null, lostAgo: null };

/** Whether it is confirmed to be fresh. */
export function useIsLive(): boolean {
  const { branchId } = useLive();
  const fresh = useQuery<Freshness, Error, boolean>({
    queryKey: keys.freshness(branchId),
    queryFn: skipToken,
    select: ({ state }) => state === "live",
  });
  return fresh.data ?? false;
}

const NONE: readonly Command[] = [];

/** What was done here and is not answered yet, oldest first. */
export function useUnsent(): readonly Command[] {
  return useQuery<readonly Command[]>({ queryKey: keys.outbox, queryFn: skipToken }).data ?? NONE;
}

const NOTHING: readonly Answered[] = [];

/** What was begun here and answered, oldest first; the event of the newest may not have arrived. */
export function useAnswered(): readonly Answered[] {
  return useQuery<readonly Answered[]>({ queryKey: keys.answered, queryFn: skipToken }).data ?? NOTHING;
}

/** The branch's menu; undefined until it was read. */
export function useMenu(): MenuView | undefined {
  const { branchId, send, store } = useLive();
  return useQuery<MenuView>({
    queryKey: keys.menu(branchId),
    queryFn: async () => {
      const menu = await send({ method: "GET", path: `/api/menu?branchId=${branchId}` });
      return store.read(menu as MenuView);
    },
  }).data;
}

/** What follows from the server's clock: drawn anew only when that is another. */
export function useServerTime<Value extends string | number>(read: (now: number) => Value): Value {
  const client = useClient();
  return useSyncExternalStore(watch, () => read(client?.serverTime() ?? Date.now()));
}

/** The server's clock in ms, anew each second: ages on a screen must not depend on the tablet's. */
export function useServerNow(): number {
  useTick();
  return useClient()?.serverTime() ?? Date.now();
}
