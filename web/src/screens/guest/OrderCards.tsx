import type { GuestLineView, GuestOrderView, LineStatus } from "@restai/sdk/types";
import type { ReactNode } from "react";
import { useLanguage, useWords } from "../../lib/language.ts";
import { timeOfDay } from "../../lib/time.ts";
import { useServerTime } from "../../live/hooks.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Pill } from "../../ui/Pill.tsx";
import { takeBack } from "./commands.ts";
import { Card } from "./frames.tsx";
import { priced } from "./rules/cart.ts";
import { isAwaited, minutesLeft, parted, type Step, stepsOf } from "./rules/progress.ts";
import { useVisit } from "./useVisit.ts";
import { type GuestWords, words } from "./words.ts";

/** One order: how far it is as a whole, and each of its lines. */
export function OrderCards({ order }: { order: GuestOrderView }): ReactNode {
  return (
    <section
      aria-labelledby={`order-${order.id}`}
      data-order={order.orderNumber}
      className="flex flex-col gap-3"
    >
      <Card>
        <Head order={order} />
        {isAwaited(order) && <Timeline order={order} />}
        {order.status === "pending" && <Unconfirmed order={order} />}
      </Card>
      <Card className="py-1!">
        <ul>
          {order.items.map((line) => (
            <Line key={line.id} line={line} order={order} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function Head({ order }: { order: GuestOrderView }): ReactNode {
  const say = useWords(words);
  const over = { served: say.served, completed: say.served, cancelled: say.cancelled } as const;
  const ended = over[order.status as keyof typeof over];
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <h2 id={`order-${order.id}`} className="min-w-0 flex-[1_1_auto] text-lg font-bold">
        {say.order(order.orderNumber)}
      </h2>
      {ended === undefined ? <Left order={order} /> : <Pill>{ended}</Pill>}
    </div>
  );
}

function Left({ order }: { order: GuestOrderView }): ReactNode {
  const say = useWords(words);
  const { items } = useVisit();
  const minutes = useServerTime((now) => minutesLeft(order, items, now) ?? 0);
  return minutes > 0 && <Pill>{say.about(minutes)}</Pill>;
}

const DOTS: Record<Step["is"], string> = {
  done: "border-ok bg-ok",
  now: "border-accent bg-accent-soft",
  ahead: "border-line bg-card",
};

function Timeline({ order }: { order: GuestOrderView }): ReactNode {
  const say = useWords(words);
  const language = useLanguage();
  const { timeZone } = useVisit().snapshot.branch;
  return (
    <ol className="mt-3 flex flex-col gap-1">
      {stepsOf(order).map((step) => (
        <li
          key={step.name}
          aria-current={step.is === "now" ? "step" : undefined}
          className="grid grid-cols-[26px_minmax(0,1fr)] gap-x-3"
        >
          <i aria-hidden className={`mx-1.5 my-1 size-3.5 rounded-full border-[2.5px] ${DOTS[step.is]}`} />
          <div className="min-w-0">
            <span className={step.is === "ahead" ? "text-ink-3" : "font-bold"}>
              {stepName(step, order, say)}
            </span>{" "}
            {step.at !== null && <time className="text-ink-3">{timeOfDay(step.at, timeZone, language)}</time>}
            {step.name === "cooking" && step.is === "now" && (
              <p className="text-sm text-ink-2 [overflow-wrap:anywhere]">{toGo(order, say)}</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function stepName({ name, is }: Step, order: GuestOrderView, say: GuestWords): string {
  if (name === "seen" && is === "now") return order.status === "pending" ? say.unconfirmed : say.unseen;
  return say[name];
}

/** "Tiradito ✓ ready · Causa, 1 to go". */
function toGo(order: GuestOrderView, say: GuestWords): string {
  const parts = parted(order);
  return [
    ...parts.ready.map(({ name }) => say.partReady(name)),
    ...parts.toGo.map(({ name, quantity }) => say.partToGo(name, quantity)),
  ].join(" · ");
}

function Unconfirmed({ order }: { order: GuestOrderView }): ReactNode {
  const say = useWords(words);
  const { command } = useLive();
  return (
    <Button block className="mt-3" onClick={() => void command(takeBack(order.id))}>
      {say.takeBack}
    </Button>
  );
}

const TONES: Record<LineStatus, string> = {
  pending: "border-2 border-ink-3",
  preparing: "bg-warn",
  ready: "bg-ok",
  served: "bg-ok",
  cancelled: "bg-late",
};

function Line({ line, order }: { line: GuestLineView; order: GuestOrderView }): ReactNode {
  const say = useWords(words);
  const times = line.quantity > 1 ? ` ×${line.quantity}` : "";
  const status = order.status === "pending" ? say.line.unconfirmed : say.line[statusOf(line, order)];
  const notes = line.notes === null ? [] : [`“${line.notes}”`];
  const said = [status, line.guestName, ...line.modifiers.map(({ name }) => name), ...notes];
  return (
    <li
      data-status={line.status}
      className="grid grid-cols-[26px_minmax(0,1fr)] items-center gap-2.5 border-b border-line py-2.5 font-semibold last:border-0"
    >
      <i aria-hidden className={`size-3 rounded-full ${TONES[statusOf(line, order)]}`} />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <span className={line.status === "cancelled" ? "text-ink-3 line-through" : ""}>
          {line.name}
          {times}
        </span>
        <small className="block text-[13.5px] font-medium text-ink-2">
          {said.filter(Boolean).join(" · ")}
        </small>
      </div>
    </li>
  );
}

/** What the kitchen has seen is being cooked, as far as the party is concerned. */
function statusOf(line: GuestLineView, order: GuestOrderView): LineStatus {
  return line.status === "pending" && line.seenAt !== null && order.status !== "pending"
    ? "preparing"
    : line.status;
}

/** What was sent from this phone and has not arrived. */
export function Sending(): ReactNode {
  const say = useWords(words);
  const { sending, menu } = useVisit();
  return (
    <Card>
      <b role="status">{say.sending}</b>
      <ul className="mt-1 text-ink-2">
        {priced(sending, menu).map(({ line, name }) => (
          <li key={line.id} className="[overflow-wrap:anywhere]">
            {line.quantity} {name}
          </li>
        ))}
      </ul>
    </Card>
  );
}
