/**
 * The one way in which screens change anything: a command is kept on this device first, then sent, in
 * order, until it is answered, over reloads and days without a network. A device whose disk is full or gone
 * keeps it no longer than the page is open, and sends it just the same.
 */

import type { Database } from "../lib/database.ts";
import { newId } from "../lib/ids.ts";
import type { Problem, Send } from "./http.ts";
import { type Command, judge } from "./queue.ts";

export type Draft = Omit<Command, "id" | "principal" | "attempts">;

export interface OutboxState {
  /** Not answered yet, oldest first. */
  commands: readonly Command[];
}

export interface OutboxEvents {
  /** The state is another, or was read for the first time. */
  changed(state: OutboxState): void;
  /** The server did it, and this is the answer. Called before the command leaves the state. */
  done(command: Command, answer: unknown): void;
  /** The server will not do it. */
  refused(command: Command, problem: Problem | null): void;
}

/** The lock that lets only one of a browser's tabs send. */
const LOCK = "restai-outbox";
/** Tells other tabs that there is something new to read. */
const CHANNEL = "restai-outbox";
/** ms until it begins again after it stumbled over something else than the network. */
const BREATH = 5_000;

export class Outbox {
  readonly #database: Database;
  readonly #principal: string;
  readonly #send: Send;
  readonly #events: OutboxEvents;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #stopping = new AbortController();
  /** Those that the database does not have: not yet, or because the disk is full or gone. */
  readonly #held = new Map<string, Command>();
  /** Answered, although the database may still have them. */
  readonly #answered = new Set<string>();
  /** Null until they were read. */
  #commands: readonly Command[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  /** Something came while it was sending: it looks once more before it rests. */
  #more = false;

  constructor(database: Database, principal: string, send: Send, events: OutboxEvents) {
    this.#database = database;
    this.#principal = principal;
    this.#send = send;
    this.#events = events;
  }

  /** Read what is kept, and begin to send. */
  async start(): Promise<void> {
    this.#channel.onmessage = () => this.#read();
    globalThis.addEventListener?.("online", this.hurry);
    await this.#read();
    this.hurry();
  }

  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    this.#channel.close();
    globalThis.removeEventListener?.("online", this.hurry);
  }

  /** Keep a command, show it at once, and send it as soon as it can be. */
  async add(draft: Draft): Promise<Command> {
    const command: Command = { ...draft, id: newId(), principal: this.#principal, attempts: 0 };
    this.#became([...(this.#commands ?? []), command]);
    await this.#keep(command);
    this.#tellOthers();
    this.hurry();
    return command;
  }

  /** Try now, whatever was being waited for: the network is back. */
  hurry = (): void => {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    this.#more = this.#sending;
    if (!this.#sending) void this.#sendAll();
  };

  // ---- sending

  async #sendAll(): Promise<void> {
    this.#sending = true;
    try {
      await alone(this.#stopping.signal, async () => {
        while (!this.#stopping.signal.aborted && (await this.#sendNext()));
      });
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#stumbled(error);
    } finally {
      this.#sending = false;
    }
    if (this.#more) this.hurry();
  }

  #stumbled(error: unknown): void {
    console.error(error);
    this.#timer = setTimeout(this.hurry, BREATH);
  }

  /** Whether to go on with the next. */
  async #sendNext(): Promise<boolean> {
    const [command] = await this.#read();
    if (command === undefined) return false;
    try {
      const { method, path, body, id: key } = command;
      const answer = await this.#send({ method, path, body, key });
      this.#events.done(command, answer);
    } catch (error) {
      return this.#failed(command, error);
    }
    await this.#forget(command);
    return true;
  }

  async #failed(command: Command, error: unknown): Promise<boolean> {
    const verdict = judge(error, command.attempts, Math.random());
    if (verdict.is === "refused") {
      await this.#forget(command);
      this.#events.refused(command, verdict.problem);
      return true;
    }
    await this.#keep({ ...command, attempts: command.attempts + 1 });
    if (verdict.is === "again" && !this.#stopping.signal.aborted) {
      this.#timer = setTimeout(this.hurry, verdict.after);
    }
    return false;
  }

  // ---- what is kept

  /** Held in memory where the database does not take it: then it lasts as long as this page. */
  async #keep(command: Command): Promise<void> {
    this.#held.set(command.id, command);
    const isKept = await did(this.#database.put("commands", command));
    if (isKept) this.#held.delete(command.id);
  }

  async #forget(command: Command): Promise<void> {
    this.#held.delete(command.id);
    this.#answered.add(command.id);
    const isGone = await did(this.#database.delete("commands", command.id));
    if (isGone) this.#answered.delete(command.id);
    this.#became((this.#commands ?? []).filter((each) => each.id !== command.id));
    this.#tellOthers();
  }

  /** What is to be sent, oldest first; as far as it is known, where the database cannot be read. */
  async #read(): Promise<readonly Command[]> {
    const all = await this.#database.getAll("commands").catch(() => this.#commands ?? []);
    const isOurs = ({ id, principal }: Command) => principal === this.#principal && !this.#answered.has(id);
    const kept = all.filter((each) => isOurs(each) && !this.#held.has(each.id));
    const commands = [...kept, ...this.#held.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    this.#became(commands);
    return commands;
  }

  #became(commands: readonly Command[]): void {
    const before = this.#commands;
    const same = commands.length === before?.length && commands.every(({ id }, at) => id === before[at]?.id);
    this.#commands = commands;
    if (!same && !this.#stopping.signal.aborted) this.#events.changed({ commands });
  }

  #tellOthers(): void {
    if (!this.#stopping.signal.aborted) this.#channel.postMessage(null);
  }
}

/** Whether it came to a good end. */
function did(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** Do `work` while no other tab does. */
async function alone(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) return work(); // an insecure address: there the server alone guards against doubles
  await locks.request(LOCK, { signal }, work);
}
