import { AppError, invalid } from "@sightline/errors/app-error";
import express, { type Request, type Response, Router } from "express";
import type { Authenticate } from "../auth/authenticate.ts";
import { type Caller, mayUse } from "../auth/caller.ts";
import { requireOwnPage } from "../http/own-page.ts";
import { parametersOf } from "../http/request-parameters.ts";
import { sendErrorAnswer } from "../http/send-error-answer.ts";
import type { RestOptions } from "../rest/router.ts";
import { alertEndpoints } from "./alerts.ts";
import type { AlertmanagerContext, Endpoint } from "./endpoint.ts";
import { errorAnswer } from "./errors.ts";
import { silenceEndpoints } from "./silences.ts";
import { statusEndpoints } from "./status.ts";

export interface AlertmanagerRouterOptions extends RestOptions {
  /** Who sends alerts. */
  readonly authenticateSender: Authenticate;
}

const PREFIX = "/alertmanager";
/** Prometheus sends 256 alerts at once. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const readJson = express.json({ limit: MAX_BODY_BYTES, strict: false });

/** Alertmanager's API v2 (api/v2/openapi.yaml) below /alertmanager, where Prometheus, Grafana and amtool find it by their path prefix. */
export function createAlertmanagerRouter(context: AlertmanagerContext, options: AlertmanagerRouterOptions): Router {
  const router = Router();
  for (const endpoint of [...statusEndpoints, ...alertEndpoints, ...silenceEndpoints]) {
    const path = `${PREFIX}/api/v2${endpoint.path}`;
    router[endpoint.method](path, (request, response) =>
      serve({ endpoint, path, request, response }, context, options),
    );
  }
  return router;
}

interface Exchange {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly request: Request;
  readonly response: Response;
}

async function serve(
  { endpoint, path, request, response }: Exchange,
  context: AlertmanagerContext,
  options: AlertmanagerRouterOptions,
): Promise<void> {
  const started = performance.now();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.setHeader("cache-control", "no-store");
  try {
    const caller = await admit(endpoint, request, options);
    await readBody(request, response);
    const asked = {
      parameters: parametersOf(request),
      pathPart: (name: string) => String(request.params[name] ?? ""),
      body: request.body,
      caller,
      signal: gone.signal,
    };
    const answer = await endpoint.answer(asked, context);
    if (answer === undefined) response.status(200).end();
    else response.json(answer);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "internal") options.defect(error, `${request.method} ${path}`);
    if (response.headersSent) response.destroy();
    else sendErrorAnswer(response, error, errorAnswer(error));
  } finally {
    options.answered({ method: endpoint.method, path }, response.statusCode, (performance.now() - started) / 1000);
  }
}

async function admit(
  { access }: Endpoint,
  request: Request,
  { authenticate, authenticateSender }: AlertmanagerRouterOptions,
): Promise<Caller> {
  const caller = await (access === "send" ? authenticateSender : authenticate)(request.headers);
  if (access !== "send" && !mayUse(caller, access)) {
    throw new AppError(
      "permission_denied",
      `cannot change silences: got ${caller.name}, want the role editor or admin`,
    );
  }
  requireOwnPage(request, caller);
  return caller;
}

/** Only now that the caller is known. */
function readBody(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    readJson(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else if (error instanceof Error && "status" in error && error.status === 413) {
        reject(new AppError("too_large", `cannot read the body: got more than ${MAX_BODY_BYTES} bytes`));
      } else reject(invalid(`cannot read the body: ${error instanceof Error ? error.message : "malformed"}`, error));
    });
  });
}
