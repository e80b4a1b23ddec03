import type { Router } from "express";
import { createQueryApi, type QueryApi, type QueryApiOptions } from "../http/query-api.ts";
import type { ApiAnswer, ApiContext, Endpoint } from "./endpoint.ts";
import { errorAnswer, successFrame } from "./envelope.ts";
import { queryEndpoints } from "./query.ts";
import { seriesEndpoints } from "./series.ts";
import { statusEndpoints } from "./status.ts";

const JSON_TYPE = "application/json";

/** Prometheus' HTTP API (docs/querying/api.md) below /api/v1. */
export function createPrometheusRouter(context: ApiContext, options: QueryApiOptions): Router {
  const api: QueryApi<Endpoint> = {
    prefix: "/api/v1",
    endpoints: [...queryEndpoints, ...seriesEndpoints, ...statusEndpoints],
    answer: async (endpoint, request) => ({
      contentType: JSON_TYPE,
      pieces: framed(await endpoint.answer(request, context)),
    }),
    error: (error) => {
      const { status, body } = errorAnswer(error);
      return { status, contentType: JSON_TYPE, text: JSON.stringify(body) };
    },
  };
  return createQueryApi(api, options);
}

async function* framed({ data, notes }: ApiAnswer): AsyncGenerator<string> {
  const { before, after } = successFrame(notes);
  yield before;
  yield* data;
  yield after;
}
