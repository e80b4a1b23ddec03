import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";
import type { QueryRequest } from "../http/query-api.ts";

export interface JaegerContext {
  readonly traceql: Clients["traceql"];
  readonly promql: Clients["promql"];
  readonly clock: Clock;
}

/** On whose behalf storage is asked, and until when. */
export interface JaegerCall {
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

const DEADLINE_MS = 60_000;

export function callOf({ caller, signal }: Pick<QueryRequest, "caller" | "signal">): JaegerCall {
  return { tenant: caller.tenant, signal, deadlineMs: DEADLINE_MS };
}
