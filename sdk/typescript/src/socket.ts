/** A WebSocket reduced to what a client needs: it opens or not, says things, and ends exactly once. */

/** ms for a connection to be made. */
const CONNECT_TIMEOUT = 10_000;
const ABNORMAL = 1006;

export interface Hears {
  opened(): void;
  said(text: string): void;
  /** It is over; null: there never was a connection. Nothing follows. */
  closed(code: number | null): void;
}

export class Socket {
  readonly raw: WebSocket;
  #hears: Hears | null;
  #wasOpen = false;
  readonly #patience: ReturnType<typeof setTimeout>;

  constructor(url: string, hears: Hears) {
    this.#hears = hears;
    this.#patience = setTimeout(() => this.#end(null), CONNECT_TIMEOUT);
    this.raw = new WebSocket(url);
    this.raw.onopen = () => {
      this.#wasOpen = true;
      clearTimeout(this.#patience);
      this.#hears?.opened();
    };
    this.raw.onmessage = ({ data }) => {
      if (typeof data === "string") this.#hears?.said(data);
    };
    this.raw.onclose = ({ code }) => this.#end(this.#wasOpen ? code : null);
  }

  get isOpen(): boolean {
    return this.raw.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    if (this.isOpen) this.raw.send(text);
  }

  /** Drop it without waiting for its answer: a dead network would not give one for minutes. */
  drop(): void {
    this.#end(ABNORMAL);
  }

  /** Leave quietly: nobody is told. */
  leave(): void {
    this.#hears = null;
    this.#end(null);
  }

  #end(code: number | null): void {
    const hears = this.#hears;
    this.#hears = null;
    clearTimeout(this.#patience);
    if (this.raw.readyState < WebSocket.CLOSING) this.raw.close();
    hears?.closed(code);
  }
}
