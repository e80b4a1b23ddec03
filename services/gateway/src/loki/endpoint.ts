import type { Clock } from "@sightline/model/time";
import type { Clients } from "../clients.ts";
import type { QueryAnswer, QueryRequest, QueryRoute } from "../http/query-api.ts";

export interface LokiContext extends Pick<Clients, "logql" | "retention"> {
  readonly clock: Clock;
}

/** One endpoint below `/loki/api/v1`. */
export interface Endpoint extends QueryRoute {
  answer(request: QueryRequest, context: LokiContext): Promise<QueryAnswer>;
}

export const JSON_TYPE = "application/json; charset=UTF-8";

/** An answer that is there at once. */
export function jsonAnswer(body: unknown): QueryAnswer {
  return { contentType: JSON_TYPE, pieces: [JSON.stringify(body)] };
}

/** In the frame that most answers have. */
export function successAnswer(data: unknown): QueryAnswer {
  return jsonAnswer({ status: "success", data });
}
