/** Orders as this screen's cooks see them. Pure. */

import type { LineView, OrderView, Snapshot } from "@restai/sdk/types";
import { grouped } from "../../../lib/grouped.ts";
import { came } from "./ages.ts";

/** Stations whose dishes, and spaces whose tables, this screen shows; null: all. */
export interface Filter {
  stations: readonly string[] | null;
  spaces: readonly string[] | null;
}

/** Whether this screen's cooks have to do with a line of an order. */
export type Shows = (order: OrderView, line: LineView) => boolean;

/** A line that was taken off an order while this screen showed it, by its order. */
export type Struck = ReadonlyMap<string, StruckOrder>;

export interface StruckOrder {
  /** As it was when the line was cancelled: the branch's data may not have it any more. */
  order: OrderView;
  lineIds: ReadonlySet<string>;
}

export type LineLook = "open" | "done" | "struck";

export interface TicketLine {
  line: LineView;
  look: LineLook;
}

/** The lines that came at one time. */
export interface Round {
  number: number;
  /** When it was added to an order that was here already; null: it came with the order. */
  addedAt: number | null;
  lines: TicketLine[];
}

/** What another station has of the same order. */
export interface Elsewhere {
  station: string;
  count: number;
  done: boolean;
}

export interface Ticket {
  order: OrderView;
  rounds: Round[];
  elsewhere: Elsewhere[];
  /** Since when its oldest open line waits. */
  since: number;
  space: string | null;
  guests: number;
  /** What it was made of: made of the same, it is the same. */
  made: readonly unknown[];
}

export interface Wall {
  /** What this screen shows: rushed first, then the oldest. */
  tickets: Ticket[];
  /** How many its filters hide. */
  hidden: number;
}

const NO_KITCHEN = "none";
const EVERYTHING: Filter = { stations: null, spaces: null };

/** The wall of a branch. `orders` may differ from the snapshot's by what was done here. */
export function wall(snapshot: Snapshot, orders: readonly OrderView[], filter: Filter, struck: Struck): Wall {
  const all = withStruck(orders, struck);
  const place = placing(snapshot);
  const tickets = (by: Filter) =>
    all.flatMap((order) => {
      const ticket = ticketOf(order, struck.get(order.id), by, place(order));
      return ticket === null ? [] : [ticket];
    });
  const shown = tickets(filter).sort(before);
  const plain = filter.stations === null && filter.spaces === null;
  return { tickets: shown, hidden: plain ? 0 : tickets(EVERYTHING).length - shown.length };
}

/** `after`, with the very tickets of `before` where nothing has changed: those need not be drawn again. */
export function sharing(before: readonly Ticket[], after: readonly Ticket[]): Ticket[] {
  const known = new Map(before.map((ticket) => [ticket.order.id, ticket]));
  return after.map((ticket) => {
    const old = known.get(ticket.order.id);
    return old?.made.every((part, at) => part === ticket.made[at]) ? old : ticket;
  });
}

/** How many of each dish are still to be made, most first. */
export function allDay(tickets: readonly Ticket[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { line } of openLines(tickets)) {
    counts.set(line.name, (counts.get(line.name) ?? 0) + line.quantity);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => other.count - one.count || one.name.localeCompare(other.name));
}

/** The lines of a ticket that a bump makes ready. */
export function toBump(ticket: Ticket): LineView[] {
  return openLines([ticket]).map(({ line }) => line);
}

/** The lines of a ticket that nobody in the kitchen has seen yet. */
export function unseen(ticket: Ticket): string[] {
  return toBump(ticket).flatMap((line) => (line.seenAt === null ? [line.id] : []));
}

/** Lines of an order that were made ready here and have not been served. */
export function recallable(order: OrderView, shows: Shows): LineView[] {
  return order.items.filter((line) => shows(order, line) && line.status === "ready");
}

/** What a screen of the branch that has these `tables` shows. */
export function showing(filter: Filter, tables: Snapshot["tables"]): Shows {
  const spaceOf = spacing(tables);
  return (order, line) => isOfStation(line, filter) && isOfSpace(spaceOf(order), filter);
}

function isOfStation(line: LineView, filter: Filter): boolean {
  return line.station !== NO_KITCHEN && (filter.stations?.includes(line.station) ?? true);
}

function isOfSpace(spaceId: string | null, filter: Filter): boolean {
  return filter.spaces?.includes(spaceId ?? "") ?? true;
}

/** In which space an order's table stands, if it has one that does. */
function spacing(tables: Snapshot["tables"]): (order: OrderView) => string | null {
  const spaceIds = new Map(tables.map((table) => [table.id, table.spaceId]));
  return (order) => spaceIds.get(order.tableId ?? "") ?? null;
}

export function isOpen(order: OrderView, line: LineView): boolean {
  const cooking = order.status !== "pending" && order.status !== "completed" && order.status !== "cancelled";
  return cooking && (line.status === "pending" || line.status === "preparing");
}

function openLines(tickets: readonly Ticket[]): TicketLine[] {
  const lines = tickets.flatMap(({ rounds }) => rounds.flatMap((round) => round.lines));
  return lines.filter(({ look }) => look === "open");
}

function withStruck(orders: readonly OrderView[], struck: Struck): readonly OrderView[] {
  const known = new Set(orders.map((order) => order.id));
  const gone = [...struck.values()].flatMap(({ order }) => (known.has(order.id) ? [] : [order]));
  return gone.length === 0 ? orders : [...orders, ...gone];
}

interface Place {
  spaceId: string | null;
  space: string | null;
  guests: number;
}

function placing(snapshot: Snapshot): (order: OrderView) => Place {
  const spaceOf = spacing(snapshot.tables);
  const spaces = new Map(snapshot.branch.spaces.map((space) => [space.id, space.name]));
  const guests = new Map(
    snapshot.sessions.map((visit) => [visit.id, visit.guests.filter((each) => each.status === "in").length]),
  );
  return (order) => {
    const spaceId = spaceOf(order);
    return {
      spaceId,
      space: spaces.get(spaceId ?? "") ?? null,
      guests: guests.get(order.sessionId ?? "") ?? 0,
    };
  };
}

function ticketOf(
  order: OrderView,
  struck: StruckOrder | undefined,
  filter: Filter,
  place: Place,
): Ticket | null {
  if (!isOfSpace(place.spaceId, filter)) return null;
  const ours = order.items.filter((line) => isOfStation(line, filter));
  const open = ours.filter((line) => isOpen(order, line));
  const lost = ours.filter((line) => struck?.lineIds.has(line.id));
  if (open.length === 0 && lost.length === 0) return null;
  const since = Math.min(...(open.length > 0 ? open : lost).map((line) => came(order, line)));
  const rounds = roundsOf(order, ours, struck);
  const { space, guests } = place;
  const made = [order, struck, filter, space, guests];
  return { order, rounds, elsewhere: elsewhere(order, filter), since, space, guests, made };
}

/** Rounds in which something is still to be done, or was taken away: what was bumped stays away. */
function roundsOf(order: OrderView, ours: readonly LineView[], struck: StruckOrder | undefined): Round[] {
  const byRound = grouped(ours, (line) => line.round);
  return [...byRound]
    .sort(([one], [other]) => one - other)
    .map(([number, lines]) => ({
      number,
      addedAt: number > 1 && lines[0] !== undefined ? came(order, lines[0]) : null,
      lines: lines.flatMap((line) => {
        const look = lookOf(order, line);
        return look === null ? [] : [{ line, look }];
      }),
    }))
    .filter(({ lines }) => lines.some(({ line, look }) => look === "open" || struck?.lineIds.has(line.id)));
}

function lookOf(order: OrderView, line: LineView): LineLook | null {
  if (line.status === "cancelled") return "struck";
  if (isOpen(order, line)) return "open";
  return line.status === "ready" ? "done" : null;
}

function elsewhere(order: OrderView, filter: Filter): Elsewhere[] {
  const others = order.items.filter(
    (line) => line.station !== NO_KITCHEN && !isOfStation(line, filter) && line.status !== "cancelled",
  );
  return [...grouped(others, (line) => line.station)].map(([station, lines]) => ({
    station,
    count: lines.reduce((sum, line) => sum + line.quantity, 0),
    done: lines.every((line) => line.status === "ready" || line.status === "served"),
  }));
}

function before(one: Ticket, other: Ticket): number {
  const rush = Number(other.order.priority) - Number(one.order.priority);
  return rush || one.since - other.since || one.order.id.localeCompare(other.order.id);
}
