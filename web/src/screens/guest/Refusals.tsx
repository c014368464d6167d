import { type ReactNode, useSyncExternalStore } from "react";
import { useWords } from "../../lib/language.ts";
import { type Refusal, useLive } from "../../live/LiveProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { type GuestWords, words } from "./words.ts";

/** What the server would not do, until somebody has read it: below the way back, and how fresh it all is. */
export function Refusals(): ReactNode {
  const say = useWords(words);
  const { refusals } = useLive();
  const first = useSyncExternalStore(refusals.subscribe, refusals.read)[0];
  if (first === undefined) return null;
  return (
    <div
      role="alert"
      className="fixed top-17 left-1/2 z-20 flex w-[calc(100%-2rem)] max-w-md -translate-x-1/2 items-center gap-3 rounded-card border border-line bg-card py-2 pr-2 pl-4 font-semibold shadow-2xl"
    >
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">{told(first, say)}</p>
      <Button onClick={() => refusals.remove(first)}>{say.ok}</Button>
    </div>
  );
}

function told({ problem }: Refusal, say: GuestWords): string {
  switch (problem?.code) {
    case "sold_out":
      return say.refusedSoldOut((problem.members.items as { name: string }[]).map(({ name }) => name));
    case "cart_empty":
      return say.refusedEmpty;
    case "stale":
    case "illegal_transition":
      return say.refusedStale;
    default:
      return say.refused;
  }
}
