/** What a `Session` asks of whoever owns the socket, and what it says about how fresh its data is. */

import type { Json } from "./messages.ts";

export type State =
  | "live"
  /** Connected, but what is shown is not confirmed to be fresh. */
  | "catching_up"
  | "reconnecting"
  | "offline";

/** How far one may trust what is shown. Both ages are ms; null: never confirmed, not lost. */
export interface Freshness {
  state: State;
  confirmedAgo: number | null;
  lostAgo: number | null;
}

/** Open a socket `after` ms, with a token asked for then: a new one if `fresh`. */
export interface Connect {
  do: "connect";
  after: number;
  fresh: boolean;
}

/** Ask for a new token `after` ms, then call `renewed`, or `unrenewed` if none was to be had. */
export interface NeedToken {
  do: "needToken";
  after: number;
}

export interface Send {
  do: "send";
  text: string;
}

/** Drop the socket without waiting for its answer, then call `closed`. */
export interface Close {
  do: "close";
}

/** Over until a person acts. `code` is the close code, null if it was not the server's doing. */
export interface Stop {
  do: "stop";
  code: number | null;
  reason: string;
}

/**
 * Read the branch's snapshot `after` ms, then call `snapshot` with this `ask`.
 *
 * A newer one for the same branch takes its place: the older answer is of no use any more.
 */
export interface FetchSnapshot {
  do: "fetchSnapshot";
  branch: string;
  ask: number;
  after: number;
}

export interface Replace {
  do: "replace";
  branch: string;
  snapshot: Json;
}

/** `replay`: it happened before this connection: show it, but don't ring for it. */
export interface Apply {
  do: "apply";
  branch: string;
  event: Json;
  replay: boolean;
}

/** Forget the branch's data: it is not ours to see any more. */
export interface Drop {
  do: "drop";
  branch: string;
}

/** A signal: said by another program, not in the log. */
export interface Hear {
  do: "hear";
  signal: Json;
}

export interface FreshnessChanged {
  do: "freshnessChanged";
  branch: string;
  freshness: Freshness;
}

export type Action =
  | Connect
  | NeedToken
  | Send
  | Close
  | Stop
  | FetchSnapshot
  | Replace
  | Apply
  | Drop
  | Hear
  | FreshnessChanged;
