import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";
import type { QueryRequest, QueryRoute } from "../http/query-api.ts";
import type { Notes } from "./envelope.ts";

/** An answer: `data` in pieces of JSON, in order, which may still be made while they are sent. */
export interface ApiAnswer {
  readonly data: AsyncIterable<string> | Iterable<string>;
  readonly notes: Notes;
}

export interface ApiContext {
  readonly promql: Clients["promql"];
  readonly clock: Clock;
}

/** One endpoint below `/api/v1`. */
export interface Endpoint extends QueryRoute {
  answer(request: QueryRequest, context: ApiContext): Promise<ApiAnswer>;
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
