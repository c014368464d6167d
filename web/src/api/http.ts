/** Calls of the REST API: who asks is in the token, and every refusal is a `Problem`. */

import { retryAfter, type TokenProvider } from "@restai/sdk";

/** ms for an answer: a phone on bad mobile data needs some. */
const TIMEOUT = 15_000;

/** The server refused, and said why: RFC 9457 with a stable `code`. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  /** ms after which it may be worth another try. */
  readonly retryAfter: number;
  /** What else it told: the resource as it is, the balance, the items. */
  readonly members: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>, wait: number) {
    super(String(body.detail ?? body.title ?? status));
    this.status = status;
    this.code = String(body.code ?? "unknown");
    this.retryAfter = wait;
    this.members = body;
  }
}

export interface Call {
  method: string;
  path: string;
  body?: unknown;
  key?: string;
}

export type Send = (call: Call) => Promise<unknown>;

/**
 * A way to call the API with tokens of `provide`. A token that was refused is replaced once.
 *
 * The call throws a Problem if it was refused, SignedOut if there is no token to be had, and anything
 * else if no answer came.
 */
export function sender(provide: TokenProvider): Send {
  return async (call) => {
    const first = await once(call, await provide(false));
    const response = first.status === 401 ? await once(call, await provide(true)) : first;
    return read(response);
  };
}

/** A call of somebody who has no token yet. Throws a Problem, or anything else if no answer came. */
export async function ask(call: Call): Promise<unknown> {
  return read(await once(call, null));
}

async function once({ method, path, body, key }: Call, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const sent = body === undefined ? null : JSON.stringify(body);
  return fetch(path, {
    method,
    headers,
    body: sent,
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT),
  });
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return text === "" ? null : JSON.parse(text);
  throw new Problem(response.status, problemBody(text), retryAfter(response));
}

function problemBody(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {}; // not ours: some proxy's page
  }
}
