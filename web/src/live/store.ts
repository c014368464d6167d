/** Between the client and the query cache: what arrives is put there, and kept for the next reload. */

import type { Freshness, Json, Listener, Stop } from "@restai/sdk";
import type { OrderView, Snapshot } from "@restai/sdk/types";
import type { QueryClient } from "@tanstack/react-query";
import type { Answered } from "../api/queue.ts";
import type { Database } from "../lib/database.ts";
import { keys } from "./keys.ts";
import { type Item, itemOf, type Menu, withItem } from "./menu.ts";

/** ms between two writings of a snapshot that changes all the time. */
const KEEP_EVERY = 2_000;

/** What a screen may want to hear beside what it shows: to ring, to say. */
export interface News {
  /** An event was applied. `replay`: it is old news. */
  applied?(event: Json, replay: boolean): void;
  /** A snapshot was read: between `before` and it, anything may have been missed. */
  replaced?(before: Snapshot | null, snapshot: Snapshot): void;
}

export class LiveStore implements Listener {
  readonly #queries: QueryClient;
  readonly #database: Database;
  readonly #principal: string;
  readonly #branchId: string;
  readonly #heard = new Set<News>();
  /** Items newer than a menu that may be under way. */
  readonly #items = new Map<string, Item>();
  readonly #ended: (stop: Stop) => void;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  /** ms since the epoch by this device's clock: then what is shown was the server's. */
  #confirmedAt = 0;
  #isLive = false;

  /** `ended`: the connection will not come back until a person acts. */
  constructor(
    queries: QueryClient,
    database: Database,
    { principal, branchId }: { principal: string; branchId: string },
    ended: (stop: Stop) => void,
  ) {
    this.#queries = queries;
    this.#database = database;
    this.#principal = principal;
    this.#branchId = branchId;
    this.#ended = ended;
  }

  /** Show what this device showed last, until there is something newer. */
  async recall(): Promise<void> {
    const kept = await this.#database.get("snapshots", this.#place);
    const key = keys.snapshot(this.#branchId);
    if (kept === undefined || this.#queries.getQueryData(key) !== undefined) return;
    this.#confirmedAt = kept.confirmedAt;
    this.#queries.setQueryData(keys.recalled(this.#branchId), kept.confirmedAt);
    this.#queries.setQueryData(key, kept.snapshot);
    this.#queries.setQueryData(keys.menu(this.#branchId), (menu: unknown) => menu ?? kept.menu);
  }

  hear(news: News): () => void {
    this.#heard.add(news);
    return () => this.#heard.delete(news);
  }

  /** An item as the server told of it, by an event or an answer. */
  item(item: Item): void {
    const known = this.#items.get(item.id);
    if (known === undefined || known.rev < item.rev) this.#items.set(item.id, item);
    this.#queries.setQueryData<Menu>(keys.menu(this.#branchId), (menu) => menu && withItem(menu, item));
  }

  /** The server did something whose event may be under way. */
  begun(answered: Answered): void {
    this.#queries.setQueryData<readonly Answered[]>(keys.answered, (before = []) => [...before, answered]);
  }

  /** An order as it is shown now. */
  order(id: string): OrderView | undefined {
    const snapshot = this.#queries.getQueryData<Snapshot | null>(keys.snapshot(this.#branchId));
    return snapshot?.orders.find((order) => order.id === id);
  }

  /** A menu that was read, with what happened since it was asked for. */
  read<Shown extends Menu>(menu: Shown): Shown {
    return [...this.#items.values()].reduce<Shown>(withItem, menu);
  }

  // ---- what the client tells

  changed(branch: string, snapshot: Json | null): void {
    const key = keys.snapshot(branch);
    const before = this.#queries.getQueryData<Snapshot | null>(key);
    this.#queries.setQueryData(key, snapshot);
    if (before && snapshot !== null && before.menuVersion !== snapshot.menuVersion) this.#readMenu();
    this.#keepSoon();
  }

  replaced(branch: string, _before: Json | null, snapshot: Json): void {
    // Also what this device remembered from before a reload was shown.
    const before = this.#queries.getQueryData<Snapshot | null>(keys.snapshot(branch)) ?? null;
    this.#confirmedAt = Date.now();
    this.#queries.removeQueries({ queryKey: keys.recalled(branch) });
    this.#readMenu(); // what was read before it may be old: availability may have been missed
    for (const { replaced } of this.#heard) replaced?.(before, snapshot as Snapshot);
  }

  applied(_branch: string, event: Json, replay: boolean): void {
    const item = itemOf(event);
    if (item !== null) this.item(item);
    for (const { applied } of this.#heard) applied?.(event, replay);
  }

  freshness(branch: string, freshness: Freshness): void {
    this.#isLive = freshness.state === "live";
    if (freshness.confirmedAgo !== null) this.#confirmedAt = Date.now() - freshness.confirmedAgo;
    this.#queries.setQueryData(keys.freshness(branch), freshness);
  }

  /** Whatever is said on a connection that is live confirms it; a device that slept was told nothing. */
  message(): void {
    if (this.#isLive) this.#confirmedAt = Date.now();
  }

  stopped(stop: Stop): void {
    this.#ended(stop);
  }

  // ---- keeping

  /** Write now: the page may be about to go. */
  keep = (): void => {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    const snapshot = this.#queries.getQueryData<Snapshot | null>(keys.snapshot(this.#branchId));
    const menu = this.#queries.getQueryData<Menu>(keys.menu(this.#branchId));
    const confirmedAt = this.#confirmedAt;
    if (snapshot) void this.#database.put("snapshots", { snapshot, menu, confirmedAt }, this.#place);
    else if (snapshot === null) void this.#database.delete("snapshots", this.#place);
  };

  #keepSoon(): void {
    this.#keeping ??= setTimeout(this.keep, KEEP_EVERY);
  }

  #readMenu(): void {
    void this.#queries.invalidateQueries({ queryKey: keys.menu(this.#branchId) });
  }

  get #place(): string {
    return `${this.#principal} ${this.#branchId}`;
  }
}
