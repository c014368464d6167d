/**
 * RestAI in React: a provider that stays connected while somebody is signed in, and hooks.
 *
 *     const { isConnected, ws } = useWebSocket();
 *
 * Everything the server says is dispatched on the window as `ws-message`, with the message as detail.
 */

import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import { Client, type ClientOptions, type Listener } from "./client.ts";
import type { SignInState, TokenProvider } from "./login.ts";

export const MESSAGE = "ws-message";

/** Where tokens come from: a `Login`, or whatever else knows who is here. */
export interface TokenSource {
  readonly state: SignInState;
  subscribe(listener: () => void): () => void;
  provide: TokenProvider;
}

export interface RestaiProps extends Pick<ClientOptions, "branches" | "guest" | "screen" | "listener"> {
  source: TokenSource;
  /** The server's address; absent: the page's own. */
  url?: string;
  children?: ReactNode;
}

interface Restai {
  source: TokenSource;
  connection: Connection;
}

const Context = createContext<Restai | null>(null);

/** Connected as whoever `source` says; a renewal of the token does not interrupt it. */
export function RestaiProvider({
  source,
  url,
  branches,
  guest,
  screen,
  listener,
  children,
}: RestaiProps): ReactNode {
  const connection = useMemo(() => new Connection(), []);
  const heard = useRef(listener);
  heard.current = listener;
  const named = useRef(screen); // another name is said by the next client: none is ended for it
  named.current = screen;
  const { user } = useSource(source);
  const choice = branches?.join(" ");
  const address = url ?? globalThis.location?.origin ?? "";
  const userId = user?.id;

  useEffect(() => {
    if (userId === undefined) return undefined;
    const client = new Client(address, source.provide, {
      branches: choice?.split(" ").filter(Boolean),
      guest,
      screen: named.current,
      listener: connection.listener(() => heard.current ?? {}),
    });
    connection.begin(client);
    return () => connection.end(client);
  }, [address, source, userId, choice, guest, connection]);

  const value = useMemo(() => ({ source, connection }), [source, connection]);
  return createElement(Context.Provider, { value }, children);
}

/** Whether there is a connection, and its socket. */
export function useWebSocket(): { isConnected: boolean; ws: WebSocket | null } {
  const { connection } = useRestai();
  const ws = useSyncExternalStore(connection.subscribe, connection.socket, () => null);
  return { isConnected: ws !== null, ws };
}

/** Who is signed in, and their access token. */
export function useAuthStore(): SignInState {
  return useSource(useRestai().source);
}

/** The client of this connection; null while nobody is signed in. */
export function useClient(): Client | null {
  const { connection } = useRestai();
  return useSyncExternalStore(connection.subscribe, connection.client, () => null);
}

function useSource(source: TokenSource): SignInState {
  const read = () => source.state;
  return useSyncExternalStore(source.subscribe, read, read);
}

function useRestai(): Restai {
  const restai = useContext(Context);
  if (restai === null) throw new Error("there is no RestaiProvider around this component");
  return restai;
}

/** The client that is running now, as React reads it. */
class Connection {
  #client: Client | null = null;
  #socket: WebSocket | null = null;
  readonly #subscribers = new Set<() => void>();

  socket = (): WebSocket | null => this.#socket;
  client = (): Client | null => this.#client;

  subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  begin(client: Client): void {
    this.#client = client;
    client.start();
    this.#tell();
  }

  end(client: Client): void {
    client.stop();
    if (this.#client === client) this.#client = null;
    this.#tell();
  }

  /** The application's listener, and ours with it. */
  listener(theirs: () => Listener): Listener {
    return {
      changed: (...news) => theirs().changed?.(...news),
      replaced: (...news) => theirs().replaced?.(...news),
      applied: (...news) => theirs().applied?.(...news),
      freshness: (...news) => theirs().freshness?.(...news),
      signal: (...news) => theirs().signal?.(...news),
      stopped: (...news) => theirs().stopped?.(...news),
      message: (message) => {
        window.dispatchEvent(new CustomEvent(MESSAGE, { detail: message }));
        theirs().message?.(message);
      },
      connection: (socket) => {
        this.#socket = socket;
        this.#tell();
        theirs().connection?.(socket);
      },
    };
  }

  #tell(): void {
    for (const subscriber of this.#subscribers) subscriber();
  }
}
