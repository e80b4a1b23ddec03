import { Router } from "express";
import { createQueryApi, type QueryApi, type QueryApiOptions } from "../http/query-api.ts";
import type { ApiAnswer, ApiContext, Endpoint } from "./endpoint.ts";
import { errorAnswer, successFrame } from "./envelope.ts";
import { federation } from "./federate.ts";
import { queryEndpoints } from "./query.ts";
import { remoteRead } from "./remote-read.ts";
import { ruleEndpoints } from "./rules.ts";
import { seriesEndpoints } from "./series.ts";
import { statusEndpoints } from "./status.ts";
import { targetEndpoints } from "./targets.ts";

const JSON_TYPE = "application/json";

/** Prometheus' HTTP API (docs/querying/api.md) below /api/v1, and what it has beside that: federation and remote read. */
export function createPrometheusRouter(context: ApiContext, options: QueryApiOptions): Router {
  const api: QueryApi<Endpoint> = {
    prefix: "/api/v1",
    endpoints: [...queryEndpoints, ...seriesEndpoints, ...ruleEndpoints, ...targetEndpoints, ...statusEndpoints],
    answer: async (endpoint, request) => {
      const answer = await endpoint.answer(request, context);
      return { contentType: JSON_TYPE, pieces: framed(answer), headers: answer.headers ?? {} };
    },
    error: (error) => {
      const { status, body } = errorAnswer(error);
      return { status, contentType: JSON_TYPE, text: JSON.stringify(body) };
    },
  };
  const router = Router();
  router.use(createQueryApi(api, options));
  router.use(createQueryApi(federation(context), options));
  router.use(createQueryApi(remoteRead(context), options));
  return router;
}

async function* framed({ data, notes }: ApiAnswer): AsyncGenerator<string | Uint8Array> {
  const { before, after } = successFrame(notes);
  yield before;
  yield* data;
  yield after;
}
