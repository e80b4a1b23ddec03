import { AppError } from "@sightline/errors/app-error";
import express, { type Request, type Response, Router } from "express";
import type { Authenticate } from "../auth/authenticate.ts";
import { mayUse } from "../auth/caller.ts";
import type { RestOptions } from "../rest/router.ts";
import type { ApiContext, ApiRequest, Endpoint } from "./endpoint.ts";
import { errorAnswer, successFrame } from "./envelope.ts";
import type { Parameters } from "./parameters.ts";
import { queryEndpoints } from "./query.ts";
import { seriesEndpoints } from "./series.ts";
import { statusEndpoints } from "./status.ts";

export interface PrometheusOptions extends ApiContext, Pick<RestOptions, "answered" | "defect"> {
  readonly authenticate: Authenticate;
}

/** A query and its selectors may be long, but not without end. */
const MAX_FORM_BYTES = 1024 * 1024;
/** What is sent at once: a piece for each series would be a system call for each. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Prometheus' HTTP API (docs/querying/api.md) below /api/v1. */
export function createPrometheusRouter(options: PrometheusOptions): Router {
  const router = Router();
  const readForm = express.urlencoded({ limit: MAX_FORM_BYTES, extended: false, parameterLimit: 1000 });
  for (const endpoint of [...queryEndpoints, ...seriesEndpoints, ...statusEndpoints]) {
    const path = `/api/v1${endpoint.path}`;
    router.get(path, (request, response) => serve(endpoint, { request, response }, options));
    if (endpoint.post !== true) continue;
    router.post(path, readForm, (request, response) => serve(endpoint, { request, response }, options));
  }
  return router;
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

async function serve(endpoint: Endpoint, { request, response }: Exchange, options: PrometheusOptions): Promise<void> {
  const started = performance.now();
  const path = `/api/v1${endpoint.path}`;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    await answer(endpoint, { request, response, signal: gone.signal }, options);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "internal") options.defect(error, `${request.method} ${path}`);
    // What was half sent cannot be taken back; that it breaks off is what tells.
    if (response.headersSent) response.destroy();
    else sendError(response, error);
  } finally {
    options.answered(
      { method: request.method.toLowerCase(), path },
      response.statusCode,
      (performance.now() - started) / 1000,
    );
  }
}

async function answer(
  endpoint: Endpoint,
  { request, response, signal }: Exchange & { readonly signal: AbortSignal },
  options: PrometheusOptions,
): Promise<void> {
  const caller = await options.authenticate(request.headers);
  if (!mayUse(caller, "query")) {
    throw new AppError("permission_denied", `cannot query: got ${caller.name}, want a key with the scope query`);
  }
  const asked: ApiRequest = {
    parameters: parametersOf(request),
    pathPart: (name) => String(request.params[name] ?? ""),
    caller,
    signal,
  };
  const { data, notes } = await endpoint.answer(asked, options);
  const { before, after } = successFrame(notes);
  response.setHeader("content-type", "application/json");
  let chunk = before;
  for await (const piece of data) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await send(response, chunk, signal);
    chunk = "";
  }
  response.end(chunk + after);
}

/** Resolves when there is room for more; rejects when the caller has gone. */
async function send(response: Response, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new AppError("cancelled", "the caller has gone");
  if (response.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      if (signal.aborted) reject(new AppError("cancelled", "the caller has gone"));
      else resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}

function parametersOf(request: Request): Parameters {
  const query: Readonly<Record<string, unknown>> = request.query;
  const body: unknown = request.body;
  const form = typeof body === "object" && body !== null ? new Map(Object.entries(body)) : new Map<string, unknown>();
  const all = (name: string) => [...textsOf(form.get(name)), ...textsOf(query[name])];
  return { all, get: (name) => all(name)[0] ?? "" };
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function sendError(response: Response, error: AppError): void {
  const { status, body } = errorAnswer(error);
  if (error.retryAfterMs !== undefined) response.setHeader("retry-after", String(Math.ceil(error.retryAfterMs / 1000)));
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  response.status(status).json(body);
}
