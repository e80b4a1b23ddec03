import type {
  QueryPromqlInstantsRequest,
  QueryPromqlInstantsResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";

/** Storage's call for many expressions of one tenant. */
export type AskInstants = (
  tenant: string,
  request: QueryPromqlInstantsRequest,
  signal: AbortSignal,
) => AsyncIterable<QueryPromqlInstantsResponse>;
