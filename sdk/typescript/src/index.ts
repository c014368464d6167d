/**
 * RestAI's client: the live state of a branch, kept equal to the server's.
 *
 * `Session` and `apply` are pure and can be used without the rest, over any other transport.
 */

export type { Action, Connect, FetchSnapshot, Freshness, State, Stop } from "./actions.ts";
export { apply, update } from "./apply.ts";
export { Client, type ClientOptions, type Listener } from "./client.ts";
export { type Clock, steadyClock } from "./clock.ts";
export {
  type Account,
  fixed,
  Login,
  type LoginOptions,
  SignedOut,
  type SignInState,
  type TokenProvider,
  Unavailable,
} from "./login.ts";
export { Failed, type Json, type Position, type Screen } from "./messages.ts";
export { retryAfter } from "./retry.ts";
export { Session, type SessionOptions } from "./session.ts";
