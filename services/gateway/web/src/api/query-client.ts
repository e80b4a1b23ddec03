import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError, isRetryable, isUnauthenticated } from "./api-error.ts";
import { sessionKey } from "./session.ts";

const maxRetries = 2;

/** The page's cache of answers. An answer of 401 ends the session, which brings up the login form in place. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isUnauthenticated(error)) client.setQueryData(sessionKey, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < maxRetries && isRetryable(error),
        retryDelay: (failures, error) => retryDelayMs(failures, error),
        refetchOnWindowFocus: true,
      },
    },
  });
  return client;
}

function retryDelayMs(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  return Math.min(asked ?? 500 * 2 ** failures, 10_000);
}
