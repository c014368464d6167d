/** What screens read: the branch's data, its menu, what is not sent yet, and the time. */

import type { Freshness } from "@restai/sdk";
import { useClient } from "@restai/sdk/react";
import type { MenuView, Snapshot } from "@restai/sdk/types";
import { skipToken, useQuery } from "@tanstack/react-query";
import type { Command } from "../api/queue.ts";
import { keys } from "./keys.ts";
import { useLive } from "./LiveProvider.tsx";
import { useTick } from "./tick.ts";

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
  return client?.freshness(branchId) ?? { state: "reconnecting", confirmedAgo: null, lostAgo: null };
}

const NONE: readonly Command[] = [];

/** What was done here and is not answered yet, oldest first. */
export function useUnsent(): readonly Command[] {
  return useQuery<readonly Command[]>({ queryKey: keys.outbox, queryFn: skipToken }).data ?? NONE;
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

/** The server's clock in ms, anew each second: ages on a screen must not depend on the tablet's. */
export function useServerNow(): number {
  useTick();
  return useClient()?.serverTime() ?? Date.now();
}
