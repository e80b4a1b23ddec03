import type { QueryAnswer, QueryRequest, QueryRoute } from "../http/query-api.ts";
import type { JaegerContext } from "./context.ts";

/** One endpoint of an API of Jaeger. */
export interface Endpoint extends QueryRoute {
  answer(request: QueryRequest, context: JaegerContext): Promise<QueryAnswer>;
}

export const JSON_TYPE = "application/json";
