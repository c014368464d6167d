/** One branch, live, for all screens below: its data, how fresh it is, and the way to change it. */

import { type Client, type Screen, SignedOut, type Stop } from "@restai/sdk";
import { RestaiProvider, type TokenSource, useClient, useWebSocket } from "@restai/sdk/react";
import type { ItemView } from "@restai/sdk/types";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { Problem } from "../api/http.ts";
import { type Send, sender } from "../api/http.ts";
import { type Draft, Outbox } from "../api/outbox.ts";
import { type Answered, BEGINNINGS, type Command } from "../api/queue.ts";
import type { Database } from "../lib/database.ts";
import { keys } from "./keys.ts";
import { LiveStore, type News } from "./store.ts";

export interface LiveProps {
  /** Whose data and commands these are: nobody else's are shown or sent. */
  principal: string;
  branchId: string;
  source: TokenSource;
  queries: QueryClient;
  database: Database;
  guest?: boolean;
  /** How the others in the branch see this device. */
  screen?: Screen | undefined;
  /** It will not come back until a person acts. */
  onStop: (stop: Stop) => void;
  children: ReactNode;
}

interface Live {
  branchId: string;
  send: Send;
  store: LiveStore;
  /** Do something: kept on this device, shown at once, sent in order. */
  command: (draft: Omit<Draft, "branchId">) => Promise<Command>;
  refusals: Refusals;
}

export interface Refusal {
  command: Command;
  problem: Problem | null;
}

const Context = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(Context);
  if (live === null) throw new Error("there is no LiveProvider around this component");
  return live;
}

/** Hear of events and snapshots as they arrive. `news` must keep its identity. */
export function useNews(news: News): void {
  const { store } = useLive();
  useEffect(() => store.hear(news), [store, news]);
}

export function LiveProvider({ children, ...props }: LiveProps): ReactNode {
  const { principal, branchId, source, queries, database, guest, screen, onStop } = props;
  const store = useMemo(
    () => new LiveStore(queries, database, { principal, branchId }, onStop),
    [queries, database, principal, branchId, onStop],
  );
  const branches = useMemo(() => [branchId], [branchId]);

  useEffect(() => {
    void store.recall();
    globalThis.addEventListener("pagehide", store.keep);
    return () => {
      globalThis.removeEventListener("pagehide", store.keep);
      store.keep();
    };
  }, [store]);

  return (
    <QueryClientProvider client={queries}>
      <RestaiProvider source={source} branches={branches} guest={guest} screen={screen} listener={store}>
        <Commands {...props} store={store}>
          {children}
        </Commands>
      </RestaiProvider>
    </QueryClientProvider>
  );
}

/** The outbox, whose answers go to the client. */
function Commands({ store, children, ...props }: LiveProps & { store: LiveStore }): ReactNode {
  const { principal, branchId, source, queries, database, onStop } = props;
  const client = useRef<Client | null>(null);
  client.current = useClient();
  const send = useMemo(() => sender(source.provide), [source]);
  const refusals = useMemo(() => new Refusals(), []);
  const [outbox, setOutbox] = useState<Outbox | null>(null);

  useEffect(() => {
    const one = new Outbox(database, principal, send, {
      changed: ({ commands }) => queries.setQueryData(keys.outbox, commands),
      refused: (command, problem) => refusals.add({ command, problem }),
      done: (command, answer) => {
        const { branchId: branch, answers, effect } = command;
        if (BEGINNINGS.has(effect?.on)) store.begun({ command, answer: answer as Answered["answer"] });
        if (answers === "item") store.item(answer as ItemView);
        else if (answers !== undefined) client.current?.answered(branch, answers, answer as object);
      },
    });
    setOutbox(one);
    void one.start();
    return () => one.stop();
  }, [database, principal, send, queries, store, refusals]);

  const { isConnected } = useWebSocket();
  useEffect(() => {
    if (isConnected) outbox?.hurry(); // the server is back: nothing waits for its next try
  }, [isConnected, outbox]);

  const live = useMemo<Live>(
    () => ({
      branchId,
      store,
      refusals,
      send: guarded(send, onStop),
      command: (draft) => {
        if (outbox === null) throw new Error("nothing can be done before the screen is shown");
        return outbox.add({ ...draft, branchId });
      },
    }),
    [branchId, store, refusals, send, onStop, outbox],
  );
  return <Context.Provider value={live}>{outbox !== null && children}</Context.Provider>;
}

/** Calls that find out that the sign-in has ended, end it on the screen too. */
function guarded(send: Send, onStop: (stop: Stop) => void): Send {
  return async (call) => {
    try {
      return await send(call);
    } catch (error) {
      if (error instanceof SignedOut) onStop({ do: "stop", code: null, reason: error.message });
      throw error;
    }
  };
}

/** What the server would not do, until somebody has read it. */
export class Refusals {
  #all: readonly Refusal[] = [];
  readonly #listeners = new Set<() => void>();

  read = (): readonly Refusal[] => this.#all;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(refusal: Refusal): void {
    this.#become([...this.#all, refusal]);
  }

  remove(refusal: Refusal): void {
    this.#become(this.#all.filter((each) => each !== refusal));
  }

  #become(all: readonly Refusal[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}
