import type { Router } from "express";
import { createQueryApi, type QueryApiOptions } from "../http/query-api.ts";
import type { TempoContext } from "./endpoint.ts";
import { errorAnswer } from "./errors.ts";
import { metricsEndpoints } from "./metrics.ts";
import { searchEndpoints } from "./search.ts";
import { statusEndpoints, statusPages } from "./status.ts";
import { tagEndpoints } from "./tags.ts";
import { traceDiffEndpoints } from "./trace-diff.ts";
import { traceEndpoints } from "./traces.ts";

const ENDPOINTS = [
  ...traceDiffEndpoints,
  ...traceEndpoints,
  ...searchEndpoints,
  ...tagEndpoints,
  ...metricsEndpoints,
  ...statusEndpoints,
];

/** Tempo's HTTP API (its docs/sources/tempo/api_docs) below /tempo, since Jaeger's and Prometheus' have some of its paths. */
export function createTempoRouter(context: TempoContext, options: QueryApiOptions): Router {
  const api = { prefix: "/tempo", endpoints: [...ENDPOINTS, ...statusPages(ENDPOINTS)], error: errorAnswer };
  return createQueryApi({ ...api, answer: (endpoint, request) => endpoint.answer(request, context) }, options);
}
