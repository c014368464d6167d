/**
 * A screen for tests: a `Session` with its data, and a clock that stands still until it is moved.
 *
 * It does what the session asks, except what needs a network: that it writes down.
 */

import type { Action, Connect, FetchSnapshot, State, Stop } from "../src/actions.ts";
import { apply } from "../src/apply.ts";
import type { Failed, Json } from "../src/messages.ts";
import { Session, type SessionOptions } from "../src/session.ts";

export const BRANCH = "miraflores";
/** ms: the screen's clock is five minutes slow. */
export const SERVER_AHEAD = 300_000;

export class Screen {
  now = 1_000_000;
  readonly session: Session;
  readonly data = new Map<string, Json>();
  readonly rung: Json[] = [];
  readonly signals: Json[] = [];
  readonly sent: Json[] = [];
  readonly fetching = new Map<string, FetchSnapshot>();
  readonly dropped: string[] = [];
  readonly states: State[] = [];
  connect: Connect | null = null;
  tokenIn: number | null = null;
  hungUp = false;
  stop: Stop | null = null;

  constructor({ random = 1, ...options }: SessionOptions & { random?: number } = {}) {
    this.session = new Session(() => random, options);
    this.#do(this.session.start(this.now));
  }

  #do(actions: Action[]): void {
    for (const action of actions) this.#doOne(action);
  }

  #doOne(action: Action): void {
    switch (action.do) {
      case "apply":
        this.data.set(action.branch, apply(this.data.get(action.branch) as Json, action.event));
        if (!action.replay) this.rung.push(action.event);
        return;
      case "replace":
        this.data.set(action.branch, action.snapshot);
        return;
      case "drop":
        this.data.delete(action.branch);
        this.dropped.push(action.branch);
        return;
      case "fetchSnapshot":
        this.fetching.set(action.branch, action);
        return;
      case "send":
        this.sent.push(JSON.parse(action.text));
        return;
      case "connect":
        this.connect = action;
        return;
      case "needToken":
        this.tokenIn = action.after;
        return;
      case "close":
        this.hungUp = true;
        return;
      case "stop":
        this.stop = action;
        return;
      case "hear":
        this.signals.push(action.signal);
        return;
      case "freshnessChanged":
        this.states.push(action.freshness.state);
    }
  }

  // ---- what happens to it

  opens(token = "token"): void {
    this.connect = null;
    this.hungUp = false;
    this.#do(this.session.opened(token, this.now));
  }

  renews(token = "newer"): void {
    this.tokenIn = null;
    this.#do(this.session.renewed(token, this.now));
  }

  findsNoToken(): void {
    this.#do(this.session.unrenewed(this.now));
  }

  isSignedOut(reason: string): void {
    this.#do(this.session.giveUp(reason, this.now));
  }

  hears(message: Json | string): void {
    this.#do(this.session.frame(typeof message === "string" ? message : JSON.stringify(message), this.now));
  }

  drops(code: number | null = 1006): void {
    this.#do(this.session.closed(code, this.now));
  }

  /** The snapshot that was asked for last is answered. */
  reads(answer: Json | Failed, branch = BRANCH): void {
    const fetch = this.fetching.get(branch);
    if (fetch === undefined) throw new Error(`no snapshot of ${branch} was asked for`);
    this.fetching.delete(branch);
    this.answers(fetch, answer);
  }

  answers(fetch: FetchSnapshot, answer: Json | Failed): void {
    this.#do(this.session.snapshot(fetch.branch, fetch.ask, answer, this.now));
  }

  wakes(): void {
    this.#do(this.session.wake(this.now));
  }

  /** Time passes, tick by tick. */
  waits(milliseconds: number): void {
    for (let passed = 1_000; passed <= milliseconds; passed += 1_000) {
      this.now += 1_000;
      this.#do(this.session.tick(this.now));
    }
    this.now += milliseconds % 1_000;
  }

  // ---- what the server says to it

  isAdmitted(
    seq: number,
    { head = seq, epoch = "e1", branches = [BRANCH], heartbeatMs = 5_000 }: Partial<Admission> = {},
  ): void {
    this.hears({
      type: "auth:success",
      userId: "rosa",
      timestamp: this.serverNow,
      rooms: branches.map((branch) => `branch:${branch}`),
      streams: Object.fromEntries(branches.map((branch) => [branch, { epoch, seq, head }])),
      heartbeatMs,
      expiresAt: this.serverNow + 900_000,
    });
  }

  /** `behind`: how long ago the last heads query was sent. */
  hearsHeartbeat(streams: Record<string, number> = {}, behind = 0): void {
    const timestamp = this.serverNow;
    this.hears({ type: "heartbeat", timestamp, confirmedAt: timestamp - behind, streams });
  }

  isResynced(seq: number, { epoch = "e1", reason = "too_far" } = {}): void {
    this.hears({ type: "resync", branchId: BRANCH, epoch, seq, reason });
  }

  // ---- what it knows

  get serverNow(): number {
    return this.now + SERVER_AHEAD;
  }

  get state(): State {
    return this.session.freshness(BRANCH, this.now).state;
  }

  get statuses(): Record<string, string> {
    const orders: Json[] = this.data.get(BRANCH)?.orders ?? [];
    return Object.fromEntries(orders.map((order) => [order.id, order.status]));
  }

  get auth(): Json {
    return this.sent.filter((message) => message.type === "auth").at(-1) as Json;
  }

  get fetchesAfter(): number | undefined {
    return this.fetching.get(BRANCH)?.after;
  }
}

interface Admission {
  head: number;
  epoch: string;
  branches: string[];
  heartbeatMs: number;
}

/** A screen that is connected, has its data, and has been told that it is fresh. */
export function liveScreen(seq = 10): Screen {
  const screen = new Screen();
  screen.opens();
  screen.isAdmitted(seq);
  screen.reads(snapshot(seq, [order(1)]));
  screen.hearsHeartbeat();
  return screen;
}

export function snapshot(seq: number, orders: Json[] = [], epoch = "e1"): Json {
  return {
    stream: { epoch, seq },
    branch: { id: BRANCH, rev: 1, name: "Miraflores" },
    tables: [],
    sessions: [],
    orders,
    menuVersion: 1,
  };
}

export function order(number: number, status = "confirmed", rev = 1): Json {
  return { id: `o${number}`, rev, orderNumber: `${number}`, status, balance: 0 };
}

export function orderEvent(seq: number, resource: Json): Json {
  const stamp = { v: 1, id: `event-${seq}`, branchId: BRANCH, seq, timestamp: 0 };
  return { ...stamp, type: "order:updated", orderId: resource.id, order: resource };
}
