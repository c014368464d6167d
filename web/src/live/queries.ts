/** The query cache: the server says when something is new, so nothing is ever read again by itself. */

import { QueryClient } from "@tanstack/react-query";

const FOR_EVER = Number.POSITIVE_INFINITY;
/** ms between two tries to read something; the connection has its own. */
const RETRY_MOST = 20_000;

export function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FOR_EVER,
        gcTime: FOR_EVER,
        retry: true,
        retryDelay: (attempt) => Math.random() * Math.min(RETRY_MOST, 500 * 2 ** attempt),
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
      },
    },
  });
}
