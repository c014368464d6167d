/** What this device keeps in IndexedDB: commands that were not sent yet, and the last data it showed. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Command } from "../api/queue.ts";

interface Kept extends DBSchema {
  /** By their id, which sorts by when they were made. */
  commands: { key: string; value: Command };
  /** By whose and which: the last snapshot, with the position of its data inside. */
  snapshots: { key: string; value: KeptSnapshot };
}

export interface KeptSnapshot {
  snapshot: unknown;
  /** The menu that was shown with it, if it was read. */
  menu: unknown;
  /** ms since the epoch by this device's clock: then it was the server's. */
  confirmedAt: number;
}

export type Database = IDBPDatabase<Kept>;

const NAME = "restai";
const VERSION = 1;

export function openDatabase(name = NAME): Promise<Database> {
  return openDB<Kept>(name, VERSION, {
    upgrade(database) {
      database.createObjectStore("commands", { keyPath: "id" });
      database.createObjectStore("snapshots");
    },
  });
}
