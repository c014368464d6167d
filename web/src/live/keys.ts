/** The names of what is in the query cache, the only store of what the server says. */

export const keys = {
  snapshot: (branchId: string) => ["snapshot", branchId] as const,
  freshness: (branchId: string) => ["freshness", branchId] as const,
  menu: (branchId: string) => ["menu", branchId] as const,
  outbox: ["outbox"] as const,
  answered: ["answered"] as const,
};
