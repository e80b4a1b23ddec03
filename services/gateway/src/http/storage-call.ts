import type { QueryRequest } from "./query-api.ts";

/** On whose behalf storage is asked, and until when. */
export interface StorageCall {
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** What a query may take. */
export const DEADLINE_MS = 60_000;

/** Storage is asked for the caller of a request, for as long as that lasts. */
export function callOf({ caller, signal }: Pick<QueryRequest, "caller" | "signal">): StorageCall {
  return { tenant: caller.tenant, signal, deadlineMs: DEADLINE_MS };
}
