/** A network for tests: sockets whose other end is the test, and snapshots that are answered in order. */

import { vi } from "vitest";
import type { Json } from "../src/messages.ts";

/** One socket; the test speaks for the server. Has what a client uses of a browser's WebSocket. */
export class Wire {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  readyState = Wire.CONNECTING;
  readonly sent: Json[] = [];
  readonly url: string;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
    Network.current.wires.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = Wire.CLOSING; // a dead network never confirms it
  }

  // ---- the server's end

  opens(): this {
    this.readyState = Wire.OPEN;
    this.onopen?.();
    return this;
  }

  says(message: Json): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  admits(branch: string, seq: number, head = seq): void {
    const streams = { [branch]: { epoch: "e1", seq, head } };
    this.says({ type: "auth:success", timestamp: Date.now(), streams, heartbeatMs: 5_000 });
  }

  beats(): void {
    const timestamp = Date.now();
    this.says({ type: "heartbeat", timestamp, confirmedAt: timestamp, streams: {} });
  }

  closes(code: number): void {
    this.readyState = Wire.CLOSED;
    this.onclose?.({ code });
  }
}

export class Network {
  static current: Network;
  readonly wires: Wire[] = [];
  /** Path and token of every snapshot that was asked for. */
  readonly asked: [path: string, token: string][] = [];
  /** What snapshots are answered with, the last one for ever. */
  answers: (Json | number)[] = [];

  constructor() {
    Network.current = this;
    vi.stubGlobal("WebSocket", Wire);
    vi.stubGlobal("fetch", this.#fetch);
  }

  get wire(): Wire {
    return this.wires.at(-1) as Wire;
  }

  #fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const token = new Headers(init.headers).get("authorization") ?? "";
    this.asked.push([new URL(url).pathname, token.replace("Bearer ", "")]);
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return typeof answer === "number" ? new Response("{}", { status: answer }) : Response.json(answer);
  };
}
