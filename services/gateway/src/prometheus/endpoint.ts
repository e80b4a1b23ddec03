import type { Clock } from "@sightline/model/time";
import type { Caller } from "../auth/caller.ts";
import type { Clients } from "../clients.ts";
import type { Notes } from "./envelope.ts";
import type { Parameters } from "./parameters.ts";

/** A request to the API of Prometheus. */
export interface ApiRequest {
  readonly parameters: Parameters;
  /** What stands for `:name` in the path; "" when there is no such. */
  pathPart(name: string): string;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** An answer: `data` in pieces of JSON, in order, which may still be made while they are sent. */
export interface ApiAnswer {
  readonly data: AsyncIterable<string> | Iterable<string>;
  readonly notes: Notes;
}

export interface ApiContext {
  readonly promql: Clients["promql"];
  readonly clock: Clock;
}

/** One endpoint; POST takes the same as a form. */
export interface Endpoint {
  /** Below `/api/v1`, as express reads it. */
  readonly path: string;
  readonly post?: boolean;
  answer(request: ApiRequest, context: ApiContext): Promise<ApiAnswer>;
}

export const noNotes: Notes = { warnings: [], infos: [] };

/** An answer that is there at once. */
export function answerOf(data: unknown, notes: Notes = noNotes): ApiAnswer {
  return { data: [JSON.stringify(data)], notes };
}

/** As Prometheus says that there would be more. */
export function truncationNotes(truncated: boolean): Notes {
  return truncated ? { warnings: ["results truncated due to limit"], infos: [] } : noNotes;
}
