import { AppError, invalid } from "@sightline/errors/app-error";
import express, { type Request, type Response, Router } from "express";
import { mayUse } from "../auth/caller.ts";
import type { Rules } from "../clients.ts";
import { requireOwnPage } from "../http/own-page.ts";
import { sendErrorAnswer } from "../http/send-error-answer.ts";
import { errorAnswer } from "../prometheus/envelope.ts";
import type { RestOptions } from "../rest/router.ts";
import { YAML_TYPE } from "../rest/rule-files.ts";
import { type RulerEndpoint, rulerEndpoints } from "./endpoints.ts";

/** Where mimirtool looks, and Grafana below a data source whose address ends in /prometheus, as that of a Mimir does. */
const PREFIX = "/prometheus/config/v1/rules";
const MAX_BODY_BYTES = 1024 * 1024;

const readText = express.text({ limit: MAX_BODY_BYTES, type: () => true });

/** The API by which rules are edited in Mimir, over our rule files. */
export function createRulerRouter(rules: Rules, options: RestOptions): Router {
  const router = Router();
  for (const endpoint of rulerEndpoints) {
    const path = `${PREFIX}${endpoint.path}`;
    router[endpoint.method](path, (request, response) => serve({ endpoint, path, request, response }, rules, options));
  }
  return router;
}

interface Exchange {
  readonly endpoint: RulerEndpoint;
  readonly path: string;
  readonly request: Request;
  readonly response: Response;
}

async function serve(exchange: Exchange, rules: Rules, options: RestOptions): Promise<void> {
  const { endpoint, path, request, response } = exchange;
  const started = performance.now();
  response.setHeader("cache-control", "no-store");
  try {
    const yaml = await answer(exchange, rules, options);
    if (yaml === undefined) response.status(202).json({ status: "success", data: null, errorType: "", error: "" });
    else response.type(YAML_TYPE).send(yaml);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "internal") options.defect(error, `${request.method} ${path}`);
    const { status, body } = errorAnswer(error);
    const text = JSON.stringify(body);
    if (!response.destroyed) sendErrorAnswer(response, error, { status, contentType: "application/json", text });
  } finally {
    options.answered({ method: endpoint.method, path }, response.statusCode, (performance.now() - started) / 1000);
  }
}

async function answer(
  { endpoint, request, response }: Exchange,
  rules: Rules,
  { authenticate }: RestOptions,
): Promise<string | undefined> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const caller = await authenticate(request.headers);
  if (!mayUse(caller, endpoint.access)) {
    const want = endpoint.access === "query" ? "a key with the scope query" : "the role editor or admin";
    throw new AppError("permission_denied", `cannot ask the ruler: got ${caller.name}, want ${want}`);
  }
  requireOwnPage(request, caller);
  const asked = {
    pathPart: (name: string) => String(request.params[name] ?? ""),
    body: endpoint.method === "post" ? await bodyOf(request, response) : "",
    caller,
    signal: gone.signal,
  };
  return await endpoint.answer(asked, rules);
}

/** Only now that the caller is known. */
function bodyOf(request: Request, response: Response): Promise<string> {
  return new Promise((resolve, reject) => {
    readText(request, response, (error?: unknown) => {
      const body: unknown = request.body;
      if (error === undefined) resolve(typeof body === "string" ? body : "");
      else if (error instanceof Error && "status" in error && error.status === 413) {
        reject(new AppError("too_large", `cannot read the body: got more than ${MAX_BODY_BYTES} bytes`));
      } else reject(invalid(`cannot read the body: ${error instanceof Error ? error.message : "malformed"}`, error));
    });
  });
}
