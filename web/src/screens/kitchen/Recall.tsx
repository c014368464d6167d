import type { Bumped, LineView, OrderView } from "@restai/sdk/types";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { MouseEvent, ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { MINUTE } from "../../lib/time.ts";
import { useServerNow, useUnsent } from "../../live/hooks.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { recallable, type Shows } from "./rules/tickets.ts";
import { placeOf } from "./Ticket.tsx";
import { type KitchenWords, words } from "./words.ts";

interface Props {
  shows: Shows;
  onRecall: (order: OrderView, lines: readonly LineView[]) => void;
  onClose: () => void;
}

/** What has left the kitchen lately, newest first: each comes back to where it was. */
export function Recall({ shows, onRecall, onClose }: Props): ReactNode {
  const say = useWords(words);
  const { data, isError } = useRecent();
  const bumped = (data ?? [])
    .map((each) => ({ ...each, lines: recallable(each.order, shows) }))
    .filter(({ lines }) => lines.length > 0);
  return (
    <Dialog title={say.recallTitle} close={say.close} onClose={onClose}>
      {data === undefined && (
        <p role="status" className="text-ink-2">
          {isError ? say.recallFailed : say.recallWait}
        </p>
      )}
      {data !== undefined && bumped.length === 0 && <p className="text-ink-2">{say.recallNothing}</p>}
      <ul>
        {bumped.map(({ order, bumpedAt, lines }) => (
          <li key={order.id} className="border-b border-line">
            <Row {...{ order, bumpedAt, lines, say }} onRecall={() => onRecall(order, lines)} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

interface RowProps extends Bumped {
  lines: readonly LineView[];
  say: KitchenWords;
  onRecall: () => void;
}

function Row({ order, bumpedAt, lines, say, onRecall }: RowProps): ReactNode {
  const minutes = Math.floor((useServerNow() - bumpedAt) / MINUTE);
  const recall = (event: MouseEvent<HTMLButtonElement>) => {
    onRecall();
    event.currentTarget.closest("dialog")?.close(); // which gives the focus back to where it was
  };
  return (
    <button
      type="button"
      className="flex min-h-tap-kitchen w-full items-center gap-4 py-2 text-left"
      onClick={recall}
    >
      <b className="min-w-12 text-2xl font-extrabold">{order.orderNumber}</b>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <span className="font-semibold">{placeOf({ order, space: null }, say)}</span>
        <span className="block text-sm text-ink-2">
          {lines.map((line) => `${line.quantity} ${line.name}`).join(", ")}
        </span>
      </span>
      <span className="text-right text-[13px] font-semibold text-ink-2">
        {say.readyAgo(minutes)}
        <span className="block text-info">{say.bringBack}</span>
      </span>
    </button>
  );
}

/**
 * The server's list: what has left this screen is not in its data. Read when the sheet is opened, and again
 * when what was bumped just before has been sent.
 */
function useRecent(): { data: Bumped[] | undefined; isError: boolean } {
  const { branchId, send } = useLive();
  const unsent = useUnsent().length;
  return useQuery<Bumped[]>({
    queryKey: ["recent", branchId, unsent],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const page = await send({ method: "GET", path: `/api/kitchen/recent?branchId=${branchId}` });
      return (page as { items: Bumped[] }).items;
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}
