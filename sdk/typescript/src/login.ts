/** Where tokens come from: e-mail and password, kept good by the refresh token; or one given token. */

import { type Clock, steadyClock } from "./clock.ts";

/**
 * Asked for an access token at each connection and renewal; true: for another than it gave before.
 *
 * Throws SignedOut when only a person can help; any other error counts as passing.
 */
export type TokenProvider = (fresh: boolean) => Promise<string>;

/** There is no token to be had until a person signs in again. The message says why. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

/** The server answered that it can't do it now, or that we ask too often. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly status: number;

  constructor(status: number) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

export interface Account {
  id: string;
  name: string;
  email: string;
  role: string;
  organizationId: string;
  branches: { id: string; name: string }[];
}

/** What a sign-in is at a moment. Replaced as a whole, so that it can be compared. */
export interface SignInState {
  accessToken: string | null;
  /** Who is signed in, as the server said last; null: nobody. */
  user: Account | null;
}

/** ms that a token must still last: the server warns 60 s before its end. */
const MARGIN = 90_000;
/** ms for an answer. */
const TIMEOUT = 10_000;

export interface LoginOptions {
  /** A page keeps its refresh token in a cookie that no script can read; a program keeps it here. */
  cookie?: boolean;
  /** Who was signed in when the page was left; the cookie tells whether that still holds. */
  user?: Account | null;
  clock?: Clock;
}

/** The sign-in store: who is signed in, and a provider of access tokens. Safe to ask concurrently. */
export class Login {
  #state: SignInState;
  #refreshToken: string | null = null;
  #goodUntil = Number.NEGATIVE_INFINITY;
  #renewal: Promise<string> | null = null;
  readonly #url: string;
  readonly #cookie: boolean;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();

  constructor(url: string, { cookie = false, user = null, clock = steadyClock() }: LoginOptions = {}) {
    this.#url = url.replace(/\/+$/, "");
    this.#cookie = cookie;
    this.#clock = clock;
    this.#state = { accessToken: null, user };
  }

  get state(): SignInState {
    return this.#state;
  }

  /** Called after each change of `state`, until the answer is called. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Sign in. Throws SignedOut for a wrong e-mail or password, Unavailable, or what fetch throws. */
  async signIn(email: string, password: string): Promise<Account> {
    const answer = await this.#post("login", { email, password, cookie: this.#cookie });
    if (answer === null) throw new SignedOut("E-mail or password is wrong");
    return answer.user;
  }

  /** End the sign-in here and, if it can be reached, on the server. */
  async signOut(): Promise<void> {
    const body = this.#refreshToken === null ? {} : { refreshToken: this.#refreshToken };
    this.forget();
    // It goes out even if the page is left at once.
    await fetch(`${this.#url}/api/auth/logout`, { ...request(body), keepalive: true });
  }

  provide: TokenProvider = async (fresh) => {
    const { accessToken } = this.#state;
    if (!fresh && accessToken !== null && this.#clock() < this.#goodUntil) return accessToken;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  };

  async #renew(): Promise<string> {
    const body = this.#refreshToken === null ? {} : { refreshToken: this.#refreshToken };
    const answer = await this.#post("refresh", body);
    if (answer !== null) return answer.accessToken;
    this.forget();
    throw new SignedOut("This sign-in has ended");
  }

  /** What was granted, kept; null if it was refused. Throws for what cannot be decided now. */
  async #post(call: string, body: object): Promise<{ accessToken: string; user: Account } | null> {
    const response = await fetch(`${this.#url}/api/auth/${call}`, request(body));
    if (response.status === 401) return null;
    if (!response.ok) throw new Unavailable(response.status);
    const answer = await response.json();
    this.#refreshToken = answer.refreshToken ?? null;
    this.#goodUntil = this.#clock() + answer.expiresAt - sentAt(response) - MARGIN;
    this.#become({ accessToken: answer.accessToken, user: answer.user });
    return answer;
  }

  /** The sign-in has ended on the server: nobody is signed in here either. */
  forget(): void {
    this.#refreshToken = null;
    this.#goodUntil = Number.NEGATIVE_INFINITY;
    this.#become({ accessToken: null, user: null });
  }

  #become(state: SignInState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** A provider of one given token, for as long as it lasts. */
export function fixed(token: string): TokenProvider {
  return async () => token;
}

function request(body: object): RequestInit {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
  };
}

/** ms since the epoch by the server's clock: ours may be minutes off. */
function sentAt(response: Response): number {
  const date = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(date) ? Date.now() : date;
}
