import { type ReactNode, useSyncExternalStore } from "react";
import { useWords } from "../../lib/language.ts";
import { type Refusal, useLive } from "../../live/LiveProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { words } from "./words.ts";

/** What the server would not do: somebody else was quicker, mostly. Said quietly, until it is read. */
export function Refusals(): ReactNode {
  const say = useWords(words);
  const { refusals, store } = useLive();
  const all = useSyncExternalStore(refusals.subscribe, refusals.read);
  const first = all[0];
  if (first === undefined) return null;
  const number = numberOf(first) ?? store.order(orderOf(first))?.orderNumber;
  return (
    <div
      role="status"
      className="fixed top-20 left-1/2 z-20 flex max-w-[90vw] -translate-x-1/2 items-center gap-4 rounded-card border border-line bg-card py-2 pr-2 pl-5 font-semibold shadow-2xl"
    >
      {number === undefined ? say.refusedOther : say.refused(number)}
      <Button onClick={() => refusals.remove(first)}>{say.ok}</Button>
    </div>
  );
}

function orderOf({ command }: Refusal): string {
  const { effect } = command;
  return effect !== undefined && "orderId" in effect ? effect.orderId : "";
}

/** The order's number as the refusal tells it: it may be gone from the screen. */
function numberOf({ problem }: Refusal): string | undefined {
  const resource = problem?.members.resource as { orderNumber?: string } | undefined;
  return resource?.orderNumber;
}
