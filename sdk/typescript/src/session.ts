/**
 * One client's side of the protocol, over all its connections. Pure: no socket, no clock, no chance.
 *
 * Whoever owns the socket tells a `Session` what happened and does what it answers, in order, before
 * telling it more. All times are milliseconds; `now` is a local clock that never goes back.
 *
 * A client's cursor is the position of its *data*: a snapshot sets it, an applied event or a heartbeat
 * moves it forward. While a snapshot is awaited there is no cursor, and the branch's events are held.
 */

import type { Action, Freshness, Send, State } from "./actions.ts";
import {
  Failed,
  type Json,
  type Message,
  type Position,
  parse,
  position,
  type Screen,
  type Stream,
} from "./messages.ts";

/** ms for the answer to the first auth: the server gives up after 10 s itself. */
const AUTH_PATIENCE = 15_000;
/** Heartbeats of silence, then the connection counts as dead. */
const MISSED_HEARTBEATS = 2.5;
/** ms for any sign of life after the device slept. */
const WAKE_PATIENCE = 5_000;
/** ms: older than this is not live; for guests it is two heartbeats. */
const STAFF_LIVE = 10_000;
/** ms without a connection: "reconnecting" until then. */
const OFFLINE_AFTER = 10_000;
/** ms, full jitter. */
const BACKOFF_BASE = 500;
const BACKOFF_MOST = 20_000;
/** Bad tokens, then the server closes with 4500. */
const REFUSALS = 3;
/** ms: a token that is expiring this soon after its auth is a short one. */
const RENEW_CALMLY = 10_000;
/** Events of a branch kept while its snapshot is awaited. */
export const MOST_HELD = 2_000;

/** Close codes after which the old token is of no use. A guest's says who he is and never what he may. */
const EXPIRED = 4001;
const ACCESS_CHANGED = 4006;
const TERMINAL = new Map([
  [4500, "the token was refused"],
  [4503, "signed out, or the visit is over"],
]);

type Event = Extract<Message, { is: "event" }>;
type Of<Kind extends Message["is"]> = Extract<Message, { is: Kind }>;

/** One of `cursor` and `held` is set; neither, if the branch's data is not ours to see. */
class Branch {
  cursor: Position | null = null;
  /** Since the floor, while a snapshot is awaited. */
  held: Event[] | null = null;
  /** The least that this snapshot must reach; null: any will do. */
  floor: Position | null = null;
  ask = 0;
  failures = 0;
  /** This connection hands us its events. */
  joined = false;
  epoch: string | number = "";
  /** Events up to here are replay. */
  head = 0;
  /** The connection has handed over everything of ours up to here. */
  handed = 0;
  /** Local time at which the data was the server's. */
  confirmed: number | null = null;
  state: State | null = null;

  /** Nothing is known to be missing. */
  get current(): boolean {
    return this.joined && this.cursor !== null && Math.max(this.handed, this.cursor.seq) >= this.head;
  }
}

class Connection {
  /** No frame until then: dead. */
  silentAt: number;
  authenticatedAt: number | null = null;
  heartbeatMs = AUTH_PATIENCE;
  /** Server time minus local time, at least. */
  offset: number | null = null;
  /** Server time. */
  confirmedAt: number | null = null;
  refusals = 0;

  constructor(silentAt: number) {
    this.silentAt = silentAt;
  }
}

export interface SessionOptions {
  /** The branches to hear of; absent: all of one's own. */
  choice?: readonly string[] | undefined;
  guest?: boolean | undefined;
  /** How others in these branches are to see this screen. */
  screen?: Screen | undefined;
}

export class Session {
  /** How many were signed in on, so far. */
  connections = 0;
  stopped = false;
  readonly #random: () => number;
  readonly #choice: readonly string[] | null;
  readonly #guest: boolean;
  readonly #screen: Screen | null;
  readonly #branches = new Map<string, Branch>();
  #connection: Connection | null = null;
  /** The last known, for ages on the screen without a connection. */
  #offset: number | null = null;
  #lostAt: number | null = null;
  #attempts = 0;
  #asks = 0;
  /** As the server's goodbye said. */
  #retryAfter: number | null = null;
  /** The next connection needs another one. */
  #tokenSpent = false;

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number, { choice, guest = false, screen }: SessionOptions = {}) {
    this.#random = random;
    this.#choice = choice ?? null;
    this.#guest = guest;
    this.#screen = screen ?? null;
  }

  // ---- the connection

  /** The branch's data was kept from before, together with its position. To be said before `start`. */
  goesOn(name: string, at: Position): void {
    const branch = new Branch();
    branch.cursor = at;
    this.#branches.set(name, branch);
  }

  start(now: number): Action[] {
    this.#lostAt = now;
    return [{ do: "connect", after: 0, fresh: false }];
  }

  /** A socket is open, and `token` is what to sign in with. */
  opened(token: string, now: number): Action[] {
    this.#connection = new Connection(now + AUTH_PATIENCE);
    this.#retryAfter = null;
    this.#tokenSpent = false;
    return this.#settled(now, [this.#auth(token)]);
  }

  /** The socket is gone, or (null) none could be had. */
  closed(code: number | null, now: number): Action[] {
    const connection = this.#connection;
    this.#connection = null;
    if (connection !== null && connection.confirmedAt !== null) this.#lostAt = now;
    for (const branch of this.#branches.values()) {
      branch.joined = false;
      if (branch.held !== null) branch.held = []; // the next connection tells them again
    }
    if (this.stopped) return [];
    if (code !== null && code >= 4500 && code <= 4999) {
      return this.giveUp(TERMINAL.get(code) ?? "closed by the server", now, code);
    }
    const after = this.#retryAfter ?? this.#backoff(this.#attempts);
    this.#attempts += 1;
    this.#retryAfter = null;
    this.#tokenSpent ||= code === EXPIRED || (code === ACCESS_CHANGED && !this.#guest);
    return this.#settled(now, [{ do: "connect", after, fresh: this.#tokenSpent }]);
  }

  /** It cannot go on until a person acts: there is no token to be had. Once: then it says no more. */
  giveUp(reason: string, now: number, code: number | null = null): Action[] {
    if (this.stopped) return [];
    this.stopped = true;
    return this.#settled(now, [{ do: "close" }, { do: "stop", code, reason }]);
  }

  /** The network is back, or the device awake: find out at once how things are. */
  wake(now: number): Action[] {
    if (this.stopped) return [];
    if (this.#connection === null) return [{ do: "connect", after: 0, fresh: this.#tokenSpent }];
    this.#connection.silentAt = Math.min(this.#connection.silentAt, now + WAKE_PATIENCE);
    return this.#settled(now, [{ do: "send", text: '{"type":"ping"}' }]);
  }

  /** Time has passed: call it about once a second. */
  tick(now: number): Action[] {
    const connection = this.#connection;
    if (connection === null || now < connection.silentAt) return this.#settled(now, []);
    connection.silentAt = now + AUTH_PATIENCE;
    return this.#settled(now, [{ do: "close" }]);
  }

  renewed(token: string, _now: number): Action[] {
    return this.#connection === null ? [] : [this.#auth(token)];
  }

  /** No token was to be had: try again; the server closes when the old one ends. */
  unrenewed(_now: number): Action[] {
    return this.#connection === null ? [] : [{ do: "needToken", after: BACKOFF_BASE + this.#backoff(2) }];
  }

  #auth(token: string): Send {
    const message: Json = { type: "auth", token };
    const resume: Record<string, Position> = {};
    for (const [name, branch] of this.#branches) {
      if (branch.cursor !== null && !branch.joined) resume[name] = branch.cursor;
    }
    if (Object.keys(resume).length > 0) message.resume = resume;
    if (!this.#authenticated) {
      if (this.#choice !== null) message.branches = this.#choice; // a renewal keeps both
      if (this.#screen !== null) message.screen = this.#screen;
    }
    return { do: "send", text: JSON.stringify(message) };
  }

  // ---- frames

  /** A text frame came in. What is not understood is let pass. */
  frame(frame: string | Json, now: number): Action[] {
    const connection = this.#connection;
    if (connection === null || this.stopped) return [];
    const message = parse(frame);
    const actions = message === null ? [] : this.#received(message, connection, now);
    connection.silentAt = now + Math.floor(MISSED_HEARTBEATS * connection.heartbeatMs);
    return this.#settled(now, actions);
  }

  #received(message: Message, connection: Connection, now: number): Action[] {
    switch (message.is) {
      case "event":
        return this.#event(message);
      case "heartbeat":
        return this.#heartbeat(message, connection, now);
      case "auth:success":
        return this.#signedIn(message, connection, now);
      case "resync":
        return this.#resync(message);
      case "auth:expiring":
        return [{ do: "needToken", after: this.#renewIn(message.expiresAt, connection, now) }];
      case "auth:error":
        connection.refusals += 1;
        return connection.refusals < REFUSALS ? [{ do: "needToken", after: 0 }] : [];
      case "goodbye":
        this.#retryAfter = message.retryAfterMs;
        return [];
      case "pong":
        this.#sawClock(message.timestamp, connection, now);
        return [];
      case "signal":
        return [{ do: "hear", signal: message.body }];
    }
  }

  #signedIn(message: Of<"auth:success">, connection: Connection, now: number): Action[] {
    if (connection.authenticatedAt === null) this.connections += 1;
    connection.authenticatedAt = now;
    connection.heartbeatMs = message.heartbeatMs;
    connection.refusals = 0;
    this.#sawClock(message.timestamp, connection, now);
    const actions: Action[] = [];
    for (const [name, stream] of message.streams) {
      const branch = this.#branches.get(name) ?? new Branch();
      this.#branches.set(name, branch);
      if (!branch.joined) actions.push(...this.#join(name, branch, stream)); // else a renewal: no change
    }
    for (const name of [...this.#branches.keys()].filter((name) => !message.streams.has(name)).sort()) {
      actions.push(...this.#leave(name, this.#branches.get(name) as Branch));
    }
    return actions;
  }

  #join(name: string, branch: Branch, stream: Stream): Action[] {
    branch.joined = true;
    branch.epoch = stream.epoch;
    branch.head = stream.head;
    branch.handed = stream.seq;
    const cursor = branch.cursor;
    // The connection goes on from where our data is, or earlier: nothing is missing.
    if (cursor !== null && cursor.epoch === stream.epoch && stream.seq <= cursor.seq) return [];
    return this.#await(name, branch, { epoch: stream.epoch, seq: stream.seq });
  }

  /** Not ours any more, or so it seems: whoever serves snapshots knows. */
  #leave(name: string, branch: Branch): Action[] {
    if (branch.cursor === null && branch.held === null) {
      this.#branches.delete(name);
      return [];
    }
    branch.joined = false;
    return this.#await(name, branch, null);
  }

  #resync(message: Of<"resync">): Action[] {
    const branch = this.#branches.get(message.branchId);
    if (branch === undefined) return [];
    branch.head = branch.epoch === message.epoch ? Math.max(branch.head, message.seq) : message.seq;
    branch.epoch = message.epoch;
    return this.#await(message.branchId, branch, { epoch: message.epoch, seq: message.seq });
  }

  #event(event: Event): Action[] {
    const branch = this.#branches.get(event.branchId);
    if (branch === undefined || !branch.joined) return [];
    branch.handed = Math.max(branch.handed, event.seq);
    if (branch.held === null) return this.#apply(event, branch);
    branch.held.push(event);
    if (branch.held.length > MOST_HELD) {
      branch.floor = { epoch: branch.epoch, seq: event.seq }; // let a snapshot tell of them instead
      branch.held = [];
    }
    return [];
  }

  #apply(event: Event, branch: Branch): Action[] {
    if (branch.cursor === null || event.seq <= branch.cursor.seq) return [];
    branch.cursor = { epoch: branch.cursor.epoch, seq: event.seq };
    return [{ do: "apply", branch: event.branchId, event: event.body, replay: event.seq <= branch.head }];
  }

  #heartbeat(message: Of<"heartbeat">, connection: Connection, now: number): Action[] {
    this.#sawClock(message.timestamp, connection, now);
    connection.confirmedAt = message.confirmedAt;
    this.#attempts = 0; // a connection that came this far is a good one
    for (const [name, seq] of message.streams) {
      const branch = this.#branches.get(name);
      if (branch === undefined || !branch.joined) continue;
      branch.handed = Math.max(branch.handed, seq);
      if (branch.cursor !== null && seq > branch.cursor.seq) {
        branch.cursor = { epoch: branch.cursor.epoch, seq };
      }
    }
    return [];
  }

  /** At once; but half-way through the life of a token too short to be warned of in time. */
  #renewIn(expiresAt: number, connection: Connection, now: number): number {
    const since = connection.authenticatedAt === null ? 0 : now - connection.authenticatedAt;
    const left = expiresAt - (now + (connection.offset ?? 0));
    return since < RENEW_CALMLY ? Math.max(0, Math.floor(left / 2)) : 0;
  }

  // ---- snapshots

  /** What reading the snapshot gave. An answer that something newer has overtaken is let pass. */
  snapshot(name: string, ask: number, answer: Json | Failed, now: number): Action[] {
    const branch = this.#branches.get(name);
    if (branch === undefined || branch.ask !== ask || branch.held === null || this.stopped) return [];
    if (answer instanceof Failed && (answer.status === 403 || answer.status === 404)) {
      branch.held = null;
      return this.#settled(now, [{ do: "drop", branch: name }]);
    }
    const taken = answer instanceof Failed ? null : position(answer);
    if (answer instanceof Failed || taken === null || !reaches(taken, branch.floor)) {
      const wait = answer instanceof Failed ? answer.retryAfter : 0;
      branch.failures += 1;
      const after = Math.max(wait, this.#backoff(branch.failures));
      return this.#settled(now, [{ do: "fetchSnapshot", branch: name, ask, after }]);
    }
    return this.#settled(now, this.#take(name, branch, answer, taken));
  }

  #take(name: string, branch: Branch, snapshot: Json, taken: Position): Action[] {
    const held = branch.held ?? [];
    branch.held = null;
    branch.cursor = taken;
    branch.failures = 0;
    const actions: Action[] = [{ do: "replace", branch: name, snapshot }];
    for (const event of held) actions.push(...this.#apply(event, branch));
    return actions;
  }

  #await(name: string, branch: Branch, floor: Position | null): Action[] {
    this.#asks += 1;
    branch.cursor = null;
    branch.held = [];
    branch.floor = floor;
    branch.ask = this.#asks;
    const after = branch.failures > 0 ? this.#backoff(branch.failures) : 0;
    return [{ do: "fetchSnapshot", branch: name, ask: branch.ask, after }];
  }

  // ---- time and trust

  /** The server's clock, for ages on the screen; null before the first connection. */
  serverTime(now: number): number | null {
    return this.#offset === null ? null : now + this.#offset;
  }

  /** Of a branch; of one not known yet, as far as the connection tells. */
  freshness(name: string | null, now: number): Freshness {
    const branch = this.#branches.get(name ?? "") ?? new Branch();
    const confirmedAgo = branch.confirmed === null ? null : now - branch.confirmed;
    if (this.#authenticated && !this.stopped) {
      return { state: this.#live(branch, now) ? "live" : "catching_up", confirmedAgo, lostAgo: null };
    }
    const lostAgo = now - (this.#lostAt ?? now);
    const gone = this.stopped || lostAgo >= OFFLINE_AFTER;
    return { state: gone ? "offline" : "reconnecting", confirmedAgo, lostAgo };
  }

  get #authenticated(): boolean {
    return this.#connection !== null && this.#connection.authenticatedAt !== null;
  }

  #live(branch: Branch, now: number): boolean {
    const connection = this.#connection;
    if (connection === null || connection.confirmedAt === null || branch.confirmed === null) return false;
    const limit = this.#guest ? 2 * connection.heartbeatMs : STAFF_LIVE;
    return branch.current && now - branch.confirmed < limit;
  }

  /** The largest difference is the one that was delayed least. Events' times are not the process's. */
  #sawClock(timestamp: number, connection: Connection, now: number): void {
    connection.offset = Math.max(connection.offset ?? Number.NEGATIVE_INFINITY, timestamp - now);
    this.#offset = connection.offset;
  }

  /** `actions`, and what they change about the freshness of each branch. */
  #settled(now: number, actions: Action[]): Action[] {
    const connection = this.#connection;
    for (const [name, branch] of this.#branches) {
      if (connection !== null && connection.confirmedAt !== null && branch.current) {
        branch.confirmed = connection.confirmedAt - (connection.offset ?? 0);
      }
      const freshness = this.freshness(name, now);
      if (freshness.state !== branch.state) {
        branch.state = freshness.state;
        actions.push({ do: "freshnessChanged", branch: name, freshness });
      }
    }
    return actions;
  }

  #backoff(failures: number): number {
    return Math.floor(this.#random() * Math.min(BACKOFF_MOST, BACKOFF_BASE * 2 ** Math.min(failures, 16)));
  }
}

function reaches(taken: Position, floor: Position | null): boolean {
  return floor === null || (taken.epoch === floor.epoch && taken.seq >= floor.seq);
}
