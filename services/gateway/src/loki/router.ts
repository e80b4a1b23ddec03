import type { Router } from "express";
import { createQueryApi, type QueryApiOptions } from "../http/query-api.ts";
import { detectedEndpoints } from "./detected.ts";
import type { LokiContext } from "./endpoint.ts";
import { errorAnswer } from "./errors.ts";
import { limitEndpoints } from "./limits.ts";
import { queryEndpoints } from "./query.ts";
import { statusEndpoints } from "./status.ts";
import { streamEndpoints } from "./streams.ts";
import { volumeEndpoints } from "./volume.ts";

/** Loki's HTTP API (its reference/loki-http-api.md) below /loki/api/v1. */
export function createLokiRouter(context: LokiContext, options: QueryApiOptions): Router {
  const endpoints = [
    ...queryEndpoints,
    ...streamEndpoints,
    ...volumeEndpoints,
    ...detectedEndpoints,
    ...limitEndpoints,
    ...statusEndpoints,
  ];
  const api = { prefix: "/loki/api/v1", endpoints, error: errorAnswer };
  return createQueryApi({ ...api, answer: (endpoint, request) => endpoint.answer(request, context) }, options);
}
