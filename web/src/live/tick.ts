/** One timer for all that shows the passing of time: it ticks while anything looks. */

import { useSyncExternalStore } from "react";

const EVERY = 1_000; // ms
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let ticks = 0;

/** Be called each second, until the answer is called. */
export function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    ticks += 1;
    for (const each of watchers) each();
  }, EVERY);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Draw the component anew each second. */
export function useTick(): void {
  useSyncExternalStore(watch, () => ticks);
}
