/** What the server says, read into values. Events and signals stay the JSON objects that they are. */

// biome-ignore lint/suspicious/noExplicitAny: JSON from elsewhere; what is read of it is checked
export type Json = Record<string, any>;

/** How a staff screen calls itself. */
export interface Screen {
  /** A UUID that stays. */
  id: string;
  kind: "kitchen" | "waiter" | "pos" | "monitor";
  name: string;
}

/** A place in a branch's log. Two of different epochs cannot be compared. */
export interface Position {
  epoch: string | number;
  seq: number;
}

/** Where a connection goes on in a branch's log; events in (`seq`, `head`] are replay. */
export interface Stream extends Position {
  head: number;
}

/** A snapshot could not be read: its HTTP status, or null if no answer came; `retryAfter` in ms. */
export class Failed {
  readonly status: number | null;
  readonly retryAfter: number;

  constructor(status: number | null = null, retryAfter = 0) {
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export type Message =
  | { is: "auth:success"; timestamp: number; streams: Map<string, Stream>; heartbeatMs: number }
  | { is: "auth:error" }
  | { is: "auth:expiring"; expiresAt: number }
  | { is: "resync"; branchId: string; epoch: string | number; seq: number }
  | { is: "heartbeat"; timestamp: number; confirmedAt: number; streams: Map<string, number> }
  | { is: "goodbye"; retryAfterMs: number }
  | { is: "pong"; timestamp: number }
  /** One entry of a branch's log: `body` is the whole object as it came. */
  | { is: "event"; branchId: string; seq: number; body: Json }
  /** Said in a room by another program: not in the log, and may be lost. */
  | { is: "signal"; body: Json };

/** The message in a frame; null for what this client does not know or cannot read. */
export function parse(frame: string | Json): Message | null {
  try {
    const body: unknown = typeof frame === "string" ? JSON.parse(frame) : frame;
    return isObject(body) ? (CONTROL.get(body.type) ?? event)(body) : null;
  } catch {
    return null; // not JSON, or a field is not what it must be
  }
}

/** Where in its branch's log a snapshot was taken; null if it does not say. */
export function position(snapshot: Json): Position | null {
  try {
    return { epoch: epoch(snapshot.stream?.epoch), seq: whole(snapshot.stream?.seq) };
  } catch {
    return null;
  }
}

const CONTROL = new Map<unknown, (body: Json) => Message>([
  [
    "auth:success",
    (body) => ({
      is: "auth:success",
      timestamp: whole(body.timestamp),
      streams: entries(body.streams, stream),
      heartbeatMs: whole(body.heartbeatMs),
    }),
  ],
  ["auth:error", () => ({ is: "auth:error" })],
  ["auth:expiring", (body) => ({ is: "auth:expiring", expiresAt: whole(body.expiresAt) })],
  [
    "resync",
    (body) => ({
      is: "resync",
      branchId: text(body.branchId),
      epoch: epoch(body.epoch),
      seq: whole(body.seq),
    }),
  ],
  [
    "heartbeat",
    (body) => ({
      is: "heartbeat",
      timestamp: whole(body.timestamp),
      confirmedAt: whole(body.confirmedAt),
      streams: entries(body.streams ?? {}, whole),
    }),
  ],
  ["goodbye", (body) => ({ is: "goodbye", retryAfterMs: whole(body.retryAfterMs ?? 0) })],
  ["pong", (body) => ({ is: "pong", timestamp: whole(body.timestamp) })],
]);

function event(body: Json): Message | null {
  if (body.signal === true) return { is: "signal", body };
  const { branchId, seq } = body;
  const isEvent = typeof branchId === "string" && Number.isSafeInteger(seq);
  return isEvent ? { is: "event", branchId, seq, body } : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stream(value: unknown): Stream {
  if (!isObject(value)) throw new TypeError("not a stream");
  return { epoch: epoch(value.epoch), seq: whole(value.seq), head: whole(value.head) };
}

function entries<T>(value: unknown, read: (each: unknown) => T): Map<string, T> {
  if (!isObject(value)) throw new TypeError("not an object");
  return new Map(Object.entries(value).map(([name, each]) => [name, read(each)]));
}

function whole(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new TypeError("not a whole number");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a string");
  return value;
}

function epoch(value: unknown): string | number {
  return typeof value === "string" ? value : whole(value);
}
