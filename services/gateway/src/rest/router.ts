import { AppError, invalid } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import express, { type NextFunction, type Request, type Response, Router } from "express";
import type { z } from "zod";
import type { Authenticate } from "../auth/authenticate.ts";
import { type Caller, mayUse } from "../auth/caller.ts";
import { tokenOfCookies } from "../auth/sessions.ts";
import { hasCurrent } from "../http/entity-tag.ts";
import { requireOwnPage } from "../http/own-page.ts";
import { sendPieces } from "../http/send-pieces.ts";
import { unreadable } from "./parse.ts";
import type { Document, Route } from "./route.ts";

export interface RestOptions {
  readonly authenticate: Authenticate;
  /** Counts each answer. */
  answered(route: { method: string; path: string }, status: number, seconds: number): void;
  /** Tells of an error that is our own defect. */
  defect(error: AppError, where: string): void;
}

const maxBodyBytes = 1024 * 1024;

/** Serves the routes: authenticates, parses, calls, and turns every error into its one JSON form. */
export function createRestRouter(routes: readonly Route[], options: RestOptions): Router {
  const router = Router();
  for (const route of routes) {
    const paths = [route.path, ...(route.alsoAt === undefined ? [] : [route.alsoAt])];
    router[route.method](paths, async (request, response) => {
      await serve(route, request, response, options);
    });
  }
  return router;
}

/** The last handler of all: what express itself throws, in the one form of errors. */
export function answerError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) next(error);
  else sendError(response, fromExpress(error));
}

const parseJson = express.json({ limit: maxBodyBytes, strict: false });
const parseText = express.text({ limit: maxBodyBytes, type: () => true });

/** Reads the body, only now that the caller is known. */
function readBody({ bodyTypes }: Route, request: Request, response: Response): Promise<void> {
  const parse = bodyTypes === undefined ? parseJson : parseText;
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
}

async function serve(route: Route, request: Request, response: Response, options: RestOptions): Promise<void> {
  const started = performance.now();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const caller = await admit(route, request, options.authenticate);
    await readBody(route, request, response);
    const { rest, attributes } = splitAttributes(request.query, route.takesAttributes ?? false);
    const answer = await route.handle({
      query: rest,
      attributes,
      body: request.body,
      param: (name) => String(request.params[name] ?? ""),
      caller,
      header: (name) => request.get(name) ?? "",
      address: request.ip ?? "",
      sessionToken: tokenOfCookies(request.headers.cookie),
      accepts: (contentTypes) => request.accepts([...contentTypes]) || undefined,
      setCookie: (cookie) => response.setHeader("set-cookie", cookie),
      signal: gone.signal,
      parse: parseOrThrow,
    });
    await send(route, response, { answer, signal: gone.signal });
  } catch (thrown) {
    const error = fromExpress(thrown);
    if (error.code === "internal") options.defect(error, `${route.method} ${route.path}`);
    // What was half sent cannot be taken back; that it breaks off is what tells.
    if (response.headersSent) response.destroy();
    else if (!response.destroyed) sendError(response, error);
  } finally {
    options.answered(route, response.statusCode, (performance.now() - started) / 1000);
  }
}

const nobody: Caller = { tenant: "", name: "", level: "query", byCookie: false };

async function admit(route: Route, request: Request, authenticate: Authenticate): Promise<Caller> {
  if (route.access === "public") return nobody;
  const caller = await authenticate(request.headers);
  if (!mayUse(caller, route.access)) {
    throw new AppError(
      "permission_denied",
      `cannot ${route.summary.toLowerCase()}: got ${caller.name}, want the role ${route.access === "admin" ? "admin" : "editor or admin"}`,
    );
  }
  requireOwnPage(request, caller);
  return caller;
}

function splitAttributes(query: Request["query"], take: boolean) {
  const attributes: Record<string, string> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    if (!take || !name.startsWith("attr.")) rest[name] = value;
    else if (typeof value === "string") attributes[name.slice("attr.".length)] = value;
    else throw invalid(`cannot read ${name}: got it more than once, want one value`);
  }
  return { rest, attributes };
}

function parseOrThrow<S extends z.ZodType>(schema: S, value: unknown, where: "query" | "body"): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable(parsed.error, where);
  return parsed.data;
}

function isDocument(route: Route, answer: unknown): answer is Document {
  return Array.isArray(route.answer) && typeof answer === "object" && answer !== null && "contentType" in answer;
}

async function send(
  route: Route,
  response: Response,
  { answer, signal }: { readonly answer: unknown; readonly signal: AbortSignal },
): Promise<void> {
  response.setHeader("cache-control", "no-store");
  if (!isDocument(route, answer)) {
    response.json(answer);
    return;
  }
  if (answer.caching !== undefined) {
    response.setHeader("etag", answer.caching.etag);
    response.setHeader("cache-control", answer.caching.cacheControl);
    if (hasCurrent(response.req.headers["if-none-match"], answer.caching.etag)) {
      response.status(304).end();
      return;
    }
  }
  if (answer.fileName !== undefined) response.attachment(answer.fileName);
  response.setHeader("content-type", answer.contentType);
  if (typeof answer.content === "string" || answer.content instanceof Uint8Array) response.end(answer.content);
  else await sendPieces(response, answer.content, signal);
}

/** Answers an error in the one form: `{"error": {"code", "message"}}`. */
export function sendError(response: Response, error: AppError): void {
  if (error.retryAfterMs !== undefined) {
    response.setHeader("retry-after", String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
  if (error.code === "unauthenticated") response.setHeader("www-authenticate", "Bearer");
  const message = error.code === "internal" ? "something went wrong here; it is in the gateway's log" : error.message;
  response.status(WIRE_CODES[error.code].http).json({ error: { code: error.code, message } });
}

/** Errors of express itself: an unreadable or too large body, a path that cannot be decoded. */
function fromExpress(error: unknown): AppError {
  if (error instanceof Error && "status" in error && typeof error.status === "number" && error.status < 500) {
    return error.status === 413
      ? new AppError("too_large", `cannot read the body: got more than ${maxBodyBytes} bytes`)
      : invalid(`cannot read the request: ${error.message}`, error);
  }
  return AppError.from(error);
}
