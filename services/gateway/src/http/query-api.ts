import { AppError, unavailable } from "@sightline/errors/app-error";
import express, { type Request, type Response, Router } from "express";
import type { Authenticate } from "../auth/authenticate.ts";
import { type Caller, mayUse } from "../auth/caller.ts";
import type { RestOptions } from "../rest/router.ts";
import { type Parameters, parametersOf } from "./request-parameters.ts";
import { type ErrorAnswer, sendErrorAnswer } from "./send-error-answer.ts";
import { beginPieces, sendPieces } from "./send-pieces.ts";

export interface QueryApiOptions extends Pick<RestOptions, "answered" | "defect"> {
  readonly authenticate: Authenticate;
}

/** A request to the API of another system. */
export interface QueryRequest {
  readonly parameters: Parameters;
  /** What stands for `:name` in the path; "" when there is no such. */
  pathPart(name: string): string;
  /** A header's value; "" when there is none. */
  header(name: string): string;
  /** The bytes that were sent, where the route takes bytes. */
  readonly body: Uint8Array;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** Whether the caller would be let in again, for answers that last; while that cannot be found out, yes. */
  isStillAllowed(): Promise<boolean>;
}

/** Where an endpoint is. */
export interface QueryRoute {
  /** Below the API's prefix, as express reads it. */
  readonly path: string;
  /** Whether POST takes the same as a form; or bytes, and GET is not taken. */
  readonly post?: boolean | "bytes";
  /** Whether all other methods are answered as GET is. */
  readonly everyMethod?: boolean;
}

/** An answer in pieces of text or bytes, in order, which may still be made while they are sent. */
export interface QueryAnswer {
  /** 200 when nothing is said. */
  readonly status?: number;
  readonly contentType: string;
  /** Further ones. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  /** Whether it goes on until the caller leaves: how long that is says nothing of how fast requests are answered. */
  readonly lasts?: boolean;
}

/** The HTTP API of another system, over which a tenant's data are asked for. */
export interface QueryApi<E extends QueryRoute> {
  readonly prefix: string;
  readonly endpoints: readonly E[];
  answer(endpoint: E, request: QueryRequest): Promise<QueryAnswer>;
  /** An error as the other system tells it. */
  error(error: AppError): ErrorAnswer;
}

/** A query and its selectors may be long, but not without end. */
const MAX_FORM_BYTES = 1024 * 1024;

/** Serves an API to callers who may query. */
export function createQueryApi<E extends QueryRoute>(api: QueryApi<E>, options: QueryApiOptions): Router {
  const router = Router();
  const readForm = express.urlencoded({ limit: MAX_FORM_BYTES, extended: false, parameterLimit: 1000 });
  for (const endpoint of api.endpoints) {
    const path = api.prefix + endpoint.path;
    const respond = (request: Request, response: Response) => serve({ api, endpoint, request, response }, options);
    if (endpoint.post !== "bytes") router.get(path, respond);
    if (endpoint.post === true) router.post(path, readForm, respond);
    else if (endpoint.post === "bytes") router.post(path, respond);
    if (endpoint.everyMethod === true) router.all(path, respond);
  }
  return router;
}

interface Exchange<E extends QueryRoute> {
  readonly api: QueryApi<E>;
  readonly endpoint: E;
  readonly request: Request;
  readonly response: Response;
}

async function serve<E extends QueryRoute>(exchange: Exchange<E>, options: QueryApiOptions): Promise<void> {
  const { api, endpoint, request, response } = exchange;
  const started = performance.now();
  const path = api.prefix + endpoint.path;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let isTold = false;
  const tellAnswered = () => {
    if (isTold) return;
    isTold = true;
    const seconds = (performance.now() - started) / 1000;
    options.answered({ method: request.method.toLowerCase(), path }, response.statusCode, seconds);
  };
  try {
    await answer(exchange, { authenticate: options.authenticate, signal: gone.signal, tellAnswered });
  } catch (thrown) {
    const error = endedBy(gone.signal, AppError.from(thrown));
    if (error.code === "internal") options.defect(error, `${request.method} ${path}`);
    // What was half sent cannot be taken back; that it breaks off is what tells.
    if (response.headersSent) response.destroy();
    else sendErrorAnswer(response, error, api.error(error));
  } finally {
    tellAnswered();
  }
}

/** What was broken off although the caller is there, we broke off: we stop, and another try may go well. */
function endedBy(gone: AbortSignal, error: AppError): AppError {
  if (error.code !== "cancelled" || gone.aborted) return error;
  return unavailable(error.message, { cause: error });
}

interface Answering {
  readonly authenticate: Authenticate;
  readonly signal: AbortSignal;
  /** Says that the request is answered, if that was not said before. */
  tellAnswered(): void;
}

async function answer<E extends QueryRoute>(
  { api, endpoint, request, response }: Exchange<E>,
  { authenticate, signal, tellAnswered }: Answering,
): Promise<void> {
  const caller = await authenticate(request.headers);
  if (!mayUse(caller, "query")) {
    throw new AppError("permission_denied", `cannot query: got ${caller.name}, want a key with the scope query`);
  }
  const {
    status = 200,
    contentType,
    headers = {},
    pieces,
    lasts = false,
  } = await api.answer(endpoint, {
    parameters: parametersOf(request),
    pathPart: (name) => String(request.params[name] ?? ""),
    header: (name) => request.get(name) ?? "",
    body: endpoint.post === "bytes" ? await bytesOf(request) : NO_BYTES,
    caller,
    signal,
    isStillAllowed: () => mayStay(request, caller, authenticate),
  });
  response.status(status).setHeader("content-type", contentType);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (lasts) tellAnswered();
  if (request.method === "HEAD") {
    await beginPieces(pieces);
    response.end();
  } else {
    await sendPieces(response, pieces, signal);
  }
}

async function mayStay({ headers }: Request, { tenant }: Caller, authenticate: Authenticate): Promise<boolean> {
  try {
    const caller = await authenticate(headers);
    return caller.tenant === tenant && mayUse(caller, "query");
  } catch (thrown) {
    const { code } = AppError.from(thrown);
    return code !== "unauthenticated" && code !== "permission_denied";
  }
}

const NO_BYTES = new Uint8Array(0);

/** What was sent, as it came: compressed as it is. */
async function bytesOf(request: Request): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    if (!(piece instanceof Uint8Array)) continue;
    size += piece.length;
    if (size > MAX_FORM_BYTES) break;
    pieces.push(Buffer.from(piece));
  }
  if (size > MAX_FORM_BYTES) {
    // Who sends too much is to hear so: the rest is let pass, not torn off.
    request.resume();
    throw new AppError("too_large", `cannot take the request: its body is longer than ${MAX_FORM_BYTES} bytes`);
  }
  return Buffer.concat(pieces);
}
