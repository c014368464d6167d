import type { OrderView, Snapshot } from "@restai/sdk/types";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import type { Doors } from "../../App.tsx";
import { useWords } from "../../lib/language.ts";
import { useFreshness } from "../../live/hooks.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { setRush } from "./commands.ts";
import { Foot } from "./Foot.tsx";
import { Head } from "./Head.tsx";
import { Recall } from "./Recall.tsx";
import { Refusals } from "./Refusals.tsx";
import { showing, type Ticket as TicketOf } from "./rules/tickets.ts";
import { SettingsDialog } from "./SettingsDialog.tsx";
import { EightySixSheet, Side, useMay86 } from "./Side.tsx";
import { placeOf, Ticket } from "./Ticket.tsx";
import { UndoBar } from "./UndoBar.tsx";
import { useBumping } from "./useBumping.ts";
import { useKeys } from "./useKeys.ts";
import { useSeen } from "./useSeen.ts";
import { useSelection } from "./useSelection.ts";
import { useSettings } from "./useSettings.ts";
import { type Sounding, useSounds } from "./useSounds.ts";
import { useStruck } from "./useStruck.ts";
import { useWakeLock } from "./useWakeLock.ts";
import { useWall } from "./useWall.ts";
import { type KitchenWords, words } from "./words.ts";

type Sheet = "86" | "recall" | "settings" | null;

export function Board({ snapshot, ...doors }: Doors & { snapshot: Snapshot }): ReactNode {
  const say = useWords(words);
  const { branchId, command } = useLive();
  const [settings, change] = useSettings(branchId);
  const [sheet, setSheet] = useState<Sheet>(null);
  const close = () => setSheet(null);
  const may86 = useMay86();
  const shows = useMemo(() => showing(settings, snapshot.tables), [settings, snapshot.tables]);
  const striking = useStruck(shows);
  const bumping = useBumping(striking);
  const sounding = useSounds(shows, settings.sound);
  const awake = useWakeLock();
  const board = useRef<HTMLElement>(null);
  const shown = useWall(snapshot, settings, striking.struck);
  const selection = useSelection(shown.tickets, board);
  const bump = useCallback(
    (ticket: TicketOf) => {
      selection.leave(ticket);
      bumping.bump(ticket);
    },
    [selection.leave, bumping.bump],
  );
  const rush = useCallback((order: OrderView) => void command(setRush(order, !order.priority)), [command]);
  useSeen(shown.tickets, board);
  useKeys({
    select: selection.goTo,
    move: selection.move,
    rows: selection.moveRows,
    bump: () => selection.ticket && bump(selection.ticket),
    undo: bumping.undo,
    recall: () => setSheet("recall"),
    rush: () => selection.ticket && rush(selection.ticket.order),
    allDay: () => change({ aside: !settings.aside }),
    eightySix: () => may86 && setSheet("86"),
    leave: () => selection.select(null),
  });

  return (
    <>
      <Head
        branch={snapshot.branch}
        wall={shown}
        settings={settings}
        onChange={change}
        onSettings={() => setSheet("settings")}
      >
        <Stale />
      </Head>
      <div className="min-h-0 lg:flex">
        <main ref={board} aria-label={say.orders} className="min-w-0 flex-1 p-4 lg:overflow-auto">
          <div
            data-wall
            className="grid grid-cols-[repeat(auto-fill,minmax(min(230px,100%),1fr))] content-start gap-3.5"
          >
            {shown.tickets.map((ticket, place) => (
              <div key={ticket.order.id}>
                <Ticket
                  ticket={ticket}
                  limits={settings}
                  zone={snapshot.branch.timeZone}
                  selected={ticket.order.id === selection.id}
                  digit={place < 9 ? place + 1 : null}
                  onBump={bump}
                  onTap={bumping.tap}
                  onSelect={selection.select}
                  onRush={rush}
                />
              </div>
            ))}
          </div>
          {shown.tickets.length === 0 && <Empty filtered={shown.hidden > 0} />}
        </main>
        {settings.aside && (
          <Side tickets={shown.tickets} on86={() => setSheet("86")} onRecall={() => setSheet("recall")} />
        )}
      </div>
      <Foot sounding={sounding} sound={settings.sound} awake={awake} may86={may86} />
      <p aria-live="polite" className="sr-only">
        {sounding.last && spoken(sounding.last, say)}
      </p>
      {bumping.undoable && <UndoBar undo={bumping.undoable} onUndo={bumping.undo} />}
      <Refusals />
      {sheet === "86" && <EightySixSheet onClose={close} />}
      {sheet === "recall" && <Recall shows={shows} onRecall={bumping.bringBack} onClose={close} />}
      {sheet === "settings" && (
        <SettingsDialog {...doors} settings={settings} onChange={change} onClose={close} />
      )}
    </>
  );
}

/** What a screen without a network must say of itself. */
function Stale(): ReactNode {
  const say = useWords(words);
  const { state } = useFreshness();
  if (state !== "offline") return null;
  return (
    <p className="-mx-5 -mb-2 w-[calc(100%+2.5rem)] bg-warn-soft px-5 py-2 font-semibold text-warn">
      {say.stale}
    </p>
  );
}

function Empty({ filtered }: { filtered: boolean }): ReactNode {
  const say = useWords(words);
  return (
    <div className="grid h-4/5 place-content-center gap-1 text-center">
      <p className="text-2xl font-bold tracking-tight">{filtered ? say.emptyFiltered : say.empty}</p>
      <p className="text-ink-2">{say.emptyHint}</p>
    </div>
  );
}

/** What has just happened, for who can't see it. */
function spoken({ sound, order }: NonNullable<Sounding["last"]>, say: KitchenWords): string {
  if (sound === "new") return say.newOrder(order.orderNumber, placeOf({ order, space: null }, say));
  return sound === "changed" ? say.changedOrder(order.orderNumber) : say.cancelledOrder(order.orderNumber);
}
