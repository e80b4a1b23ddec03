import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";
import type { QueryAnswer, QueryRequest, QueryRoute } from "../http/query-api.ts";
import type { Notes } from "./envelope.ts";
import type { Notifications } from "./notifications.ts";
import type { RangeCache } from "./range-cache.ts";
import type { RangeAnswer } from "./remembered-range.ts";
import type { OwnMetrics } from "./self-metrics.ts";

/** An answer: `data` in pieces of JSON, in order, which may still be made while they are sent. */
export interface ApiAnswer {
  readonly data: QueryAnswer["pieces"];
  readonly notes: Notes;
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiContext extends Pick<Clients, "promql" | "alerter" | "rules" | "collector" | "retention"> {
  readonly clock: Clock;
  /** When this process started, milliseconds since the Unix epoch. */
  readonly startedMs: number;
  readonly rangeCache: RangeCache;
  readonly notifications: Notifications;
  readonly ownMetrics: OwnMetrics;
  /** Told of each range query how much of its answer was remembered. */
  rangeAnswered(answer: Pick<RangeAnswer, "result" | "steps" | "remembered">): void;
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
