/** The names of what is in the query cache, the only store of what the server says. */

export const keys = {
  snapshot: (branchId: string) => ["snapshot", branchId] as const,
  freshness: (branchId: string) => ["freshness", branchId] as const,
  /** When what is shown was confirmed last, while that is from before a reload. */
  recalled: (branchId: string) => ["recalled", branchId] as const,
  menu: (branchId: string) => ["menu", branchId] as const,
  outbox: ["outbox"] as const,
  answered: ["answered"] as const,
};
