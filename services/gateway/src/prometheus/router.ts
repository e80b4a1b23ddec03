import { Router } from "express";
import { createQueryApi, type QueryApi, type QueryApiOptions } from "../http/query-api.ts";
import { disabledEndpoints } from "./disabled.ts";
import type { ApiAnswer, ApiContext, Endpoint } from "./endpoint.ts";
import { envelopeError, successFrame } from "./envelope.ts";
import { federation } from "./federate.ts";
import { liveNotifications } from "./live-notifications.ts";
import { openApiDescription } from "./openapi.ts";
import { queryEndpoints } from "./query.ts";
import { REMOTE_READ, remoteRead } from "./remote-read.ts";
import { ruleEndpoints } from "./rules.ts";
import { seriesEndpoints } from "./series.ts";
import { buildInfo, COMPATIBLE_VERSION, statusEndpoints } from "./status.ts";
import { targetEndpoints } from "./targets.ts";

const JSON_TYPE = "application/json";

/** What every one of its places answers in the envelope; who it is comes to it there. */
export const ENDPOINTS = [
  ...queryEndpoints,
  ...seriesEndpoints,
  ...ruleEndpoints,
  ...targetEndpoints,
  ...statusEndpoints,
  ...disabledEndpoints,
];

/**
 * Prometheus' HTTP API (docs/querying/api.md) below /api/v1, and what it has beside that: federation and remote read. The
 * same API is below /prometheus, where Mimir has it and the ruler's is beside it; by what it says of itself
 * there Grafana knows that rules can be edited.
 */
export function createPrometheusRouter(context: ApiContext, options: QueryApiOptions): Router {
  const router = Router();
  const version = COMPATIBLE_VERSION;
  const likePrometheus = {
    prefix: "/api/v1",
    endpoints: [...ENDPOINTS, buildInfo()],
    protobuf: [REMOTE_READ],
    version,
  };
  const likeMimir = {
    prefix: "/prometheus/api/v1",
    endpoints: [...ENDPOINTS, buildInfo({ ruler_config_api: "true" })],
    protobuf: [],
    version,
  };
  for (const api of [likePrometheus, likeMimir]) {
    router.use(createQueryApi(queryApi(api.prefix, api.endpoints, context), options));
    router.use(createQueryApi(liveNotifications(api.prefix, context), options));
    router.use(createQueryApi(openApiDescription(api), options));
  }
  router.use(createQueryApi(federation(context), options));
  router.use(createQueryApi(remoteRead(context), options));
  return router;
}

function queryApi(prefix: string, endpoints: readonly Endpoint[], context: ApiContext): QueryApi<Endpoint> {
  return {
    prefix,
    endpoints,
    answer: async (endpoint, request) => {
      const answer = await endpoint.answer(request, context);
      return { contentType: JSON_TYPE, pieces: framed(answer), headers: answer.headers ?? {} };
    },
    error: envelopeError,
  };
}

async function* framed({ data, notes }: ApiAnswer): AsyncGenerator<string | Uint8Array> {
  const { before, after } = successFrame(notes);
  yield before;
  yield* data;
  yield after;
}
