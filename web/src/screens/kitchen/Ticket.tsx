import type { Allergen, LineView, OrderView } from "@restai/sdk/types";
import { type FocusEvent, memo, type ReactNode, useEffect, useRef } from "react";
import { allergens as allergenNames } from "../../lib/allergens.ts";
import { useLanguage, useWords } from "../../lib/language.ts";
import { stopwatch, timeOfDay } from "../../lib/time.ts";
import { useServerTime } from "../../live/hooks.ts";
import { type Age, ageOf, type Limits } from "./rules/ages.ts";
import type { Elsewhere, Round, TicketLine, Ticket as TicketOf } from "./rules/tickets.ts";
import { type KitchenWords, words } from "./words.ts";

export interface TicketProps {
  ticket: TicketOf;
  limits: Limits;
  zone: string;
  selected: boolean;
  /** The key that selects it; null: there are only nine. */
  digit: number | null;
  onBump: (ticket: TicketOf) => void;
  onTap: (ticket: TicketOf, line: LineView) => void;
  onSelect: (orderId: string | null) => void;
  onRush: (order: OrderView) => void;
}

const EDGES: Record<Age, string> = {
  fresh: "border-line",
  due: "border-warn",
  late: "border-late",
};

export const Ticket = memo(function Ticket(props: TicketProps): ReactNode {
  const { ticket, limits, selected, onSelect } = props;
  const { order } = ticket;
  const say = useWords(words);
  const place = useRef<HTMLElement>(null);
  const age = useServerTime((now) => ageOf(now - ticket.since, limits));
  const edge = order.priority && age !== "late" ? "border-violet" : EDGES[age];

  useEffect(() => {
    if (selected) place.current?.focus({ preventScroll: false });
  }, [selected]);

  return (
    <article
      ref={place}
      tabIndex={-1}
      aria-labelledby={`number-${order.id}`}
      aria-current={selected || undefined}
      data-order={order.id}
      data-age={age}
      onFocus={(event) => byKeyboard(event) && !selected && onSelect(order.id)}
      className={`flex min-h-[min(100%,26rem)] min-w-0 scroll-my-4 flex-col [contain-intrinsic-size:auto_320px] [content-visibility:auto] max-lg:scroll-mt-32 overflow-clip rounded-card border-2 bg-card ${edge} ${selected ? "outline-3 outline-offset-2 outline-info" : "outline-none"}`}
    >
      <Head {...{ ticket, say, age }} onChoose={() => onSelect(selected ? null : order.id)} />
      <Bands order={order} ticket={ticket} say={say} />
      {ticket.rounds.map((round) => (
        <RoundOf key={round.number} round={round} {...props} />
      ))}
      <AlsoAt elsewhere={ticket.elsewhere} say={say} />
      {selected && <Rush {...props} say={say} />}
      <Bump {...props} say={say} />
    </article>
  );
});

/** A finger that taps a line must not move the wall. */
function byKeyboard(event: FocusEvent): boolean {
  return event.target.matches(":focus-visible");
}

interface HeadProps {
  ticket: TicketOf;
  say: KitchenWords;
  age: Age;
  onChoose: () => void;
}

const CLOCKS: Record<Age, string> = { fresh: "", due: "text-warn", late: "text-late" };

function Head({ ticket, say, age, onChoose }: HeadProps): ReactNode {
  const { order } = ticket;
  return (
    <header
      className={`relative grid grid-cols-[minmax(0,1fr)_fit-content(55%)] items-start gap-3 border-b border-line px-3.5 pt-3 pb-2.5 ${age === "late" ? "bg-late-soft" : ""}`}
    >
      <div className="min-w-0">
        <h2 id={`number-${order.id}`} className="text-[32px] leading-none font-extrabold tracking-tight">
          <button type="button" className="after:absolute after:inset-0" onClick={onChoose}>
            {order.orderNumber}
          </button>
        </h2>
        <p className="mt-1 line-clamp-3 font-semibold [overflow-wrap:anywhere]">{placeOf(ticket, say)}</p>
      </div>
      <div className="min-w-0 text-right">
        <p className={`text-2xl leading-none font-bold whitespace-nowrap ${CLOCKS[age]}`}>
          <Clock since={ticket.since} />
        </p>
        {order.priority && <p className="mt-1.5 text-[13px] font-bold text-violet">{say.rushed}</p>}
        <p className="mt-1.5 line-clamp-2 text-[13px] text-ink-2 [overflow-wrap:anywhere]">
          {partyOf(ticket, say)}
        </p>
      </div>
    </header>
  );
}

/** Alone, so that a second costs a text and not a ticket. */
function Clock({ since }: { since: number }): ReactNode {
  return useServerTime((now) => stopwatch(now - since));
}

/** "Table 12 · Terrace", "Takeout · Jorge". */
export function placeOf(
  { order, space }: { order: OrderView; space: string | null },
  say: KitchenWords,
): string {
  const where = order.tableNumber === null ? say[order.type] : say.table(order.tableNumber);
  return [where, space ?? (order.tableNumber === null ? order.customerName : null)]
    .filter(Boolean)
    .join(" · ");
}

/** "QR · Ana, Luis", "4 guests". */
function partyOf({ order, guests }: TicketOf, say: KitchenWords): string {
  const names = [...new Set(order.items.flatMap(({ guestName }) => guestName ?? []))];
  if (names.length > 0) return `${say.qr} · ${names.join(", ")}`;
  return guests > 0 ? say.guests(guests) : "";
}

const ALLERGY = /alerg|allerg|anafil|anaph|celiac|celíac|coeliac/i;

/** What holds for the whole ticket, where nobody can miss it. */
function Bands({ order, ticket, say }: { order: OrderView; ticket: TicketOf; say: KitchenWords }): ReactNode {
  const names = useWords(allergenNames);
  const lines = ticket.rounds.flatMap((round) => round.lines);
  const allergens = [...new Set(lines.flatMap(({ line, look }) => (look === "open" ? line.allergens : [])))];
  const notes = [order.notes, ...lines.map(({ line }) => line.notes)].filter(
    (note) => note && ALLERGY.test(note),
  );
  const plain = order.notes && !ALLERGY.test(order.notes) ? order.notes : null;
  return (
    <>
      {[...new Set(notes)].map((note) => (
        <p
          key={note}
          className="bg-late px-3.5 py-1.5 text-sm font-extrabold text-paper uppercase [overflow-wrap:anywhere]"
        >
          <span aria-hidden>⚠ </span>
          {note}
        </p>
      ))}
      {plain !== null && (
        <p className="bg-warn-soft px-3.5 py-1.5 text-[15px] font-semibold text-warn [overflow-wrap:anywhere]">
          {plain}
        </p>
      )}
      {allergens.length > 0 && (
        <p className="border-b border-line px-3.5 py-1 text-[13px] font-medium text-ink-2">
          <span className="font-semibold text-ink-3">{say.contains}</span>{" "}
          {allergens.map((each) => names[each as Allergen] ?? each).join(", ")}
        </p>
      )}
    </>
  );
}

function RoundOf({ round, zone, ...props }: TicketProps & { round: Round }): ReactNode {
  const say = useWords(words);
  const language = useLanguage();
  return (
    <section>
      {round.addedAt !== null && (
        <h3 className="mx-3.5 mt-2 flex items-center gap-2.5 text-xs font-extrabold tracking-[0.12em] text-violet after:h-px after:flex-1 after:bg-violet">
          {say.addOn(timeOfDay(round.addedAt, zone, language))}
        </h3>
      )}
      <ul className="px-1.5 pt-1.5 pb-1">
        {round.lines.map((line) => (
          <li key={line.line.id} data-line={line.line.id}>
            <LineOf of={line} say={say} onTap={() => props.onTap(props.ticket, line.line)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const LOOKS = {
  open: "",
  done: "text-ink-3",
  struck: "text-late line-through",
};

function LineOf({ of, say, onTap }: { of: TicketLine; say: KitchenWords; onTap: () => void }): ReactNode {
  const { look } = of;
  const inside = <LineText of={of} say={say} />;
  const shape = `grid w-full grid-cols-[34px_1fr_auto] rounded-control px-2 py-1.5 text-left text-xl leading-tight font-semibold ${LOOKS[look]}`;
  if (look === "struck") return <div className={`min-h-11 ${shape}`}>{inside}</div>;
  return (
    <button
      type="button"
      aria-pressed={look === "done"}
      className={`min-h-tap-kitchen content-center active:bg-sunken ${shape}`}
      onClick={onTap}
    >
      {inside}
    </button>
  );
}

function LineText({ of: { line, look }, say }: { of: TicketLine; say: KitchenWords }): ReactNode {
  const modifiers = line.modifiers.map(({ name }) => name).join(" · ");
  const note = line.notes && !ALLERGY.test(line.notes) ? line.notes : null;
  return (
    <>
      <span className={look === "open" ? "font-bold text-ink-2" : "font-bold"}>{line.quantity}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {line.name}
        {look === "struck" && <span className="sr-only"> {say.cancelled}</span>}
      </span>
      {look === "done" ? (
        <span className="pl-2 text-ok">
          <span aria-hidden>✓</span>
          <span className="sr-only">{say.done}</span>
        </span>
      ) : (
        <span />
      )}
      {(modifiers !== "" || line.guestName !== null) && (
        <small className="col-start-2 text-[15px] leading-snug font-medium text-ink-2 [overflow-wrap:anywhere]">
          {modifiers}
          {line.guestName !== null && <span className="text-ink-3"> — {line.guestName}</span>}
        </small>
      )}
      {note !== null && (
        <small className="col-start-2 text-[15px] leading-snug font-semibold text-warn [overflow-wrap:anywhere]">
          “{note}”
        </small>
      )}
    </>
  );
}

function AlsoAt({ elsewhere, say }: { elsewhere: Elsewhere[]; say: KitchenWords }): ReactNode {
  if (elsewhere.length === 0) return null;
  const stations = elsewhere.map(({ station, count, done }) => `${station} ${count}${done ? " ✓" : ""}`);
  return (
    <p className="px-3.5 pt-0.5 pb-2 text-[13px] font-semibold text-ink-3 uppercase">
      {say.alsoAt}: {stations.join(" · ")}
    </p>
  );
}

function Rush({ ticket, onRush, say }: TicketProps & { say: KitchenWords }): ReactNode {
  const { order } = ticket;
  return (
    <button
      type="button"
      aria-pressed={order.priority}
      className="mx-2.5 mt-auto mb-2 flex min-h-tap-kitchen items-center justify-between rounded-control border border-violet px-4 font-bold text-violet"
      onClick={() => onRush(order)}
    >
      {order.priority ? say.noRush : say.rush} <Key name="S" />
    </button>
  );
}

function Bump({ ticket, selected, digit, onBump, say }: TicketProps & { say: KitchenWords }): ReactNode {
  const struckOnly = ticket.rounds.every((round) => round.lines.every(({ look }) => look === "struck"));
  const look = selected ? "border-ok bg-ok text-paper" : "border-line bg-sunken text-ink";
  return (
    <button
      type="button"
      aria-describedby={`number-${ticket.order.id}`}
      className={`mx-2.5 mb-2.5 flex ${selected ? "" : "mt-auto"} min-h-tap-kitchen items-center justify-between rounded-control border px-4 text-[17px] font-bold ${look}`}
      onClick={() => onBump(ticket)}
    >
      {struckOnly ? say.seenIt : say.ready}
      {(selected || digit !== null) && <Key name={selected ? "Enter" : String(digit)} />}
    </button>
  );
}

export function Key({ name }: { name: string }): ReactNode {
  return (
    <kbd
      aria-hidden
      className="rounded-md border border-current px-1.5 py-px font-sans text-[13px] font-bold"
    >
      {name}
    </kbd>
  );
}
