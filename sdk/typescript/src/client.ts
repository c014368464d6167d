/** A `Session` on a real socket: `const client = new Client(url, token, {…}); client.start()`. */

import type { Action, Connect, FetchSnapshot, Freshness, NeedToken, Stop } from "./actions.ts";
import { apply, update } from "./apply.ts";
import { type Clock, steadyClock } from "./clock.ts";
import { SignedOut, type TokenProvider } from "./login.ts";
import { Failed, type Json, position, type Screen } from "./messages.ts";
import { retryAfter } from "./retry.ts";
import { Session } from "./session.ts";
import { Socket } from "./socket.ts";

/** ms between two looks at how fresh things are. */
const TICK = 1_000;
/** ms: a big branch over a bad network. */
const SNAPSHOT_TIMEOUT = 15_000;

/** What an application wants to hear of. Called in order. */
export interface Listener {
  /** The branch's state is another; null: it is not ours to see any more. */
  changed?(branch: string, snapshot: Json | null): void;
  /** A snapshot was read: what was held before may have missed anything. */
  replaced?(branch: string, before: Json | null, snapshot: Json): void;
  /** An event was applied. `replay`: it is old news, so don't ring for it. */
  applied?(branch: string, event: Json, replay: boolean): void;
  /** The branch is live, or no longer. */
  freshness?(branch: string, freshness: Freshness): void;
  /** Another program said something in one of our rooms. */
  signal?(signal: Json): void;
  /** Anything that the server said, as it came. */
  message?(message: Json): void;
  /** The socket is another one, or gone. */
  connection?(socket: WebSocket | null): void;
  /** It will not come back by itself. */
  stopped?(stop: Stop): void;
}

export interface ClientOptions {
  /** The branches to hear of; absent: all of one's own. */
  branches?: readonly string[] | undefined;
  guest?: boolean | undefined;
  /** How the others in a branch see this one, in its `screens`. */
  screen?: Screen | undefined;
  listener?: Listener | undefined;
  random?: (() => number) | undefined;
  clock?: Clock | undefined;
}

/**
 * Stays connected from `start` until `stop`, and keeps `snapshots` equal to the server's state: each
 * is replaced, never changed in place.
 */
export class Client {
  readonly snapshots = new Map<string, Json>();
  /** Why the last attempt to connect failed. */
  trouble: string | null = null;
  readonly #url: string;
  readonly #token: TokenProvider;
  readonly #guest: boolean;
  readonly #listener: Listener;
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** The token last signed in with, for snapshots. */
  #bearer = "";
  #socket: Socket | null = null;
  #connecting = false;
  #running = false;

  constructor(url: string, token: TokenProvider, options: ClientOptions = {}) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#guest = options.guest ?? false;
    this.#listener = options.listener ?? {};
    this.#clock = options.clock ?? steadyClock(this.#leapt);
    const { branches, guest, screen } = options;
    this.#session = new Session(options.random ?? Math.random, { choice: branches, guest, screen });
  }

  start(): void {
    this.#running = true;
    this.#do(this.#session.start(this.#clock()));
    this.#tick();
    globalThis.window?.addEventListener("online", this.wake);
    globalThis.document?.addEventListener("visibilitychange", this.#seen);
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    globalThis.window?.removeEventListener("online", this.wake);
    globalThis.document?.removeEventListener("visibilitychange", this.#seen);
    this.#socket?.leave();
    this.#socket = null;
    this.#listener.connection?.(null);
  }

  // ---- for the application

  /** Begin with what was kept of a branch, and hear only what was missed. Before `start`. */
  goesOn(branch: string, snapshot: Json): void {
    const at = position(snapshot);
    if (at === null) return;
    this.snapshots.set(branch, snapshot);
    this.#session.goesOn(branch, at);
  }

  get socket(): WebSocket | null {
    return this.#socket?.isOpen ? this.#socket.raw : null;
  }

  get reconnects(): number {
    return Math.max(0, this.#session.connections - 1);
  }

  freshness(branch: string | null = null): Freshness {
    return this.#session.freshness(branch, this.#clock());
  }

  /** The server's clock in ms, as well as it is known: for ages on a screen. */
  serverTime(): number {
    return this.#session.serverTime(this.#clock()) ?? Date.now();
  }

  /**
   * A REST call answered with a resource of the branch: `field` is `order`, `table` or the like.
   *
   * It updates what is there, and never adds or drops: the answer may be late.
   */
  answered(branch: string, field: string, resource: Json): void {
    const before = this.snapshots.get(branch);
    if (before === undefined) return;
    const snapshot = update(before, field, resource);
    this.snapshots.set(branch, snapshot);
    this.#listener.changed?.(branch, snapshot);
  }

  /** The network is back, or the device awake. */
  wake = (): void => {
    if (this.#running) this.#do(this.#session.wake(this.#clock()));
  };

  // ---- what the session asks

  #do(actions: Action[]): void {
    for (const action of actions) {
      switch (action.do) {
        case "apply":
          this.#apply(action.branch, action.event, action.replay);
          break;
        case "replace":
          this.#replace(action.branch, action.snapshot);
          break;
        case "drop":
          this.snapshots.delete(action.branch);
          this.#listener.changed?.(action.branch, null);
          break;
        case "freshnessChanged":
          this.#listener.freshness?.(action.branch, action.freshness);
          break;
        case "hear":
          this.#listener.signal?.(action.signal);
          break;
        default:
          this.#doWithNetwork(action);
      }
    }
  }

  #doWithNetwork(action: Action): void {
    switch (action.do) {
      case "connect":
        if (!this.#connecting) this.#after("connect", action.after, () => this.#connect(action));
        break;
      case "needToken":
        this.#after("token", action.after, () => this.#renew(action));
        break;
      case "fetchSnapshot":
        this.#after(`snapshot ${action.branch}`, action.after, () => this.#fetch(action));
        break;
      case "send":
        this.#socket?.send(action.text);
        break;
      case "close":
        this.#socket?.drop();
        break;
      case "stop":
        this.#listener.stopped?.(action);
        break;
    }
  }

  #apply(branch: string, event: Json, replay: boolean): void {
    const snapshot = apply(this.snapshots.get(branch) as Json, event);
    this.snapshots.set(branch, snapshot);
    this.#listener.applied?.(branch, event, replay);
    this.#listener.changed?.(branch, snapshot);
  }

  #replace(branch: string, snapshot: Json): void {
    const before = this.snapshots.get(branch) ?? null;
    this.snapshots.set(branch, snapshot);
    this.#listener.replaced?.(branch, before, snapshot);
    this.#listener.changed?.(branch, snapshot);
  }

  /** Begin a piece of work in a while; an older one of that name is given up. */
  #after(name: string, milliseconds: number, work: () => unknown): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(work, milliseconds));
  }

  // ---- the work

  async #connect({ fresh }: Connect): Promise<void> {
    this.#connecting = true;
    try {
      this.#bearer = await this.#token(fresh);
    } catch (error) {
      this.#connecting = false;
      if (this.#running) this.#tokenless(error, () => this.#session.closed(null, this.#clock()));
      return;
    }
    if (this.#running) this.#open();
    else this.#connecting = false;
  }

  #open(): void {
    this.#socket = new Socket(`${this.#url.replace(/^http/, "ws")}/ws`, {
      opened: () => {
        this.#connecting = false;
        this.trouble = null;
        this.#listener.connection?.(this.socket);
        this.#do(this.#session.opened(this.#bearer, this.#clock()));
      },
      said: (text) => {
        this.#do(this.#session.frame(text, this.#clock()));
        this.#tell(text);
      },
      closed: (code) => {
        this.#connecting = false;
        if (code === null) this.trouble = "the server can't be reached";
        this.#socket = null;
        this.#listener.connection?.(null);
        if (this.#running) this.#do(this.#session.closed(code, this.#clock()));
      },
    });
  }

  #tell(text: string): void {
    if (this.#listener.message === undefined) return;
    try {
      this.#listener.message(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  async #renew(_need: NeedToken): Promise<void> {
    try {
      this.#bearer = await this.#token(true);
      if (this.#running) this.#do(this.#session.renewed(this.#bearer, this.#clock()));
    } catch (error) {
      if (this.#running) this.#tokenless(error, () => this.#session.unrenewed(this.#clock()));
    }
  }

  #tokenless(error: unknown, otherwise: () => Action[]): void {
    this.trouble = error instanceof Error ? error.message : String(error);
    const over = error instanceof SignedOut;
    this.#do(over ? this.#session.giveUp(error.message, this.#clock()) : otherwise());
  }

  async #fetch({ branch, ask }: FetchSnapshot): Promise<void> {
    const answer = await this.#readSnapshot(branch);
    if (!this.#running) return;
    const over = answer instanceof SignedOut;
    const now = this.#clock();
    this.#do(
      over ? this.#session.giveUp(answer.message, now) : this.#session.snapshot(branch, ask, answer, now),
    );
  }

  /** SignedOut: the token was refused, and there is no other to be had. */
  async #readSnapshot(branch: string): Promise<Json | Failed | SignedOut> {
    const path = this.#guest ? "/api/guest/snapshot" : `/api/branches/${branch}/snapshot`;
    try {
      const response = await fetch(this.#url + path, {
        headers: { Authorization: `Bearer ${this.#bearer}` },
        cache: "no-store",
        signal: AbortSignal.timeout(SNAPSHOT_TIMEOUT),
      });
      if (response.status === 401) this.#bearer = await this.#token(true);
      return response.ok ? await response.json() : new Failed(response.status, retryAfter(response));
    } catch (error) {
      return error instanceof SignedOut ? error : new Failed();
    }
  }

  #tick(): void {
    this.#after("tick", TICK, () => {
      this.#do(this.#session.tick(this.#clock()));
      if (this.#running) this.#tick();
    });
  }

  /**
   * The device slept, or its clock was set: a connection from before may be dead, and does not know how the
   * server's clock stands to ours. Another one finds out both.
   */
  #leapt = (): void => this.#after("leap", 0, () => this.#socket?.drop());

  #seen = (): void => {
    if (document.visibilityState === "visible") this.wake();
  };
}
