import { Router } from "express";
import { createQueryApi, type QueryApiOptions } from "../http/query-api.ts";
import type { JaegerContext } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import { v1Error, v3Error } from "./errors.ts";
import { v1Endpoints } from "./http-v1.ts";
import { v3Endpoints } from "./http-v3.ts";

/** Jaeger's HTTP APIs below /jaeger, since Tempo's has some of their paths. */
export function createJaegerRouter(context: JaegerContext, options: QueryApiOptions): Router {
  const answer = (endpoint: Endpoint, request: Parameters<Endpoint["answer"]>[0]) => endpoint.answer(request, context);
  const router = Router();
  router.use(createQueryApi({ prefix: "/jaeger/api/v3", endpoints: v3Endpoints, error: v3Error, answer }, options));
  router.use(createQueryApi({ prefix: "/jaeger/api", endpoints: v1Endpoints, error: v1Error, answer }, options));
  return router;
}
