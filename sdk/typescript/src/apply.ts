/**
 * What an event does to a snapshot: `apply(snapshot, event)`. Pure; nothing is changed in place.
 *
 * Each event carries the resources it changed, whole and with their `rev`. A resource is replaced only
 * by a higher `rev`, and is dropped when it no longer belongs to its collection.
 */

import type { Json } from "./messages.ts";

type Belongs = (resource: Json) => boolean;

/** What the events of a kind carry: the kind is the type's part before the colon. */
const CARRIED = new Map([
  ["order", "order"],
  ["table", "table"],
  ["session", "session"],
  ["guest", "session"],
  ["cart", "cart"],
  ["request", "request"],
  ["payment", "orders"],
  ["till", "till"],
  ["menu", "menuVersion"],
  ["branch", "branch"],
  ["screen", "screen"],
]);

const COLLECTION = new Map([
  ["order", "orders"],
  ["table", "tables"],
  ["session", "sessions"],
  ["request", "requests"],
  ["screen", "screens"],
]);

/** Who belongs to a staff snapshot. A guest's holds everything of his visit. */
const BELONGS = new Map<string, Belongs>([
  ["orders", (order) => !["completed", "cancelled"].includes(order.status) || (order.balance ?? 0) !== 0],
  ["tables", (table) => !table.archived],
  ["sessions", hasStatus("pending", "active")],
  ["requests", hasStatus("pending", "acknowledged")],
  ["screens", hasStatus("online")],
  ["till", hasStatus("open")],
]);

/**
 * The snapshot after the event.
 *
 * One that it has seen already changes nothing; one of an unknown type only the position.
 */
export function apply<S extends Json>(snapshot: S, event: Json): S {
  const stream = snapshot.stream;
  if (event.seq <= stream.seq) return snapshot;
  const after: Json = { ...snapshot, stream: { ...stream, seq: event.seq } };
  const field = CARRIED.get(String(event.type).split(":", 1)[0] ?? "") ?? "";
  const value = event[field];
  if (value === undefined || value === null) return after as S;
  if (field === "menuVersion") after[field] = value;
  else
    for (const resource of Array.isArray(value) ? value : [value]) put(after, place(after, field), resource);
  return after as S;
}

/**
 * The snapshot with what a REST call answered: `field` is `order`, `table`, `session` or the like.
 *
 * Such an answer may be late. So it updates what is there, and neither adds nor drops: the event,
 * which has its place in the log, does that.
 */
export function update<S extends Json>(snapshot: S, field: string, resource: Json): S {
  const name = place(snapshot, field);
  const held = snapshot[name];
  if (Array.isArray(held)) return { ...snapshot, [name]: held.map((old) => newer(old, resource)) };
  return held === undefined || held === null ? snapshot : { ...snapshot, [name]: newer(held, resource) };
}

/** Where a snapshot keeps such a resource: `tables` for staff, the one `table` for guests. */
function place(snapshot: Json, field: string): string {
  const collection = COLLECTION.get(field) ?? field;
  return collection in snapshot ? collection : field;
}

/** Put a resource in its place in `after`, whose top level is ours to change. */
function put(after: Json, name: string, resource: Json): void {
  if (!(name in after)) return;
  const belongs = isGuests(after) ? everything : (BELONGS.get(name) ?? everything);
  const held = after[name];
  if (Array.isArray(held)) {
    after[name] = upsert(held, resource, belongs);
    return;
  }
  const another = held === null || held.id !== resource.id;
  const kept = another ? resource : newer(held, resource);
  after[name] = belongs(kept) ? kept : null;
}

function upsert(held: Json[], resource: Json, belongs: Belongs): Json[] {
  const known = held.some((old) => old.id === resource.id);
  const merged = known ? held.map((old) => newer(old, resource)) : [...held, resource];
  return merged.filter((each) => each.id !== resource.id || belongs(each));
}

/** `fresh` if it is the same resource at a higher `rev`, else `old`. */
function newer(old: Json, fresh: Json): Json {
  return old.id === fresh.id && (fresh.rev ?? 0) > (old.rev ?? 0) ? fresh : old;
}

function isGuests(snapshot: Json): boolean {
  return !("tables" in snapshot);
}

function hasStatus(...those: string[]): Belongs {
  return (resource) => those.includes(resource.status);
}

function everything(_resource: Json): boolean {
  return true;
}
