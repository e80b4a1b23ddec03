import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type HeaderReader, keyOfHeaders } from "@sightline/auth/credentials";
import type { Principal } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import type { ByteBudget } from "../admission/byte-budget.ts";
import type { IngestMetrics, Protocol } from "../metrics.ts";
import { type Answer, errorAnswer, sendAnswer } from "./answer.ts";
import { discardBody, readBody } from "./body.ts";
import { type Encoding, encodingOf, type Refusal, unsupportedMediaType } from "./encoding.ts";
import { type Compression, compressionOf, type Inflater } from "./inflate.ts";

/** A request that may be taken: authenticated, read and inflated. */
export interface HttpRequest {
  readonly principal: Principal;
  readonly encoding: Encoding;
  readonly body: Buffer;
}

/** What is served at one path, by POST. */
export interface Route {
  readonly protocol: Protocol;
  /** The encodings that it reads. */
  readonly encodings: readonly Encoding[];
  /** Answers a request; throws an AppError to refuse it. */
  handle(request: HttpRequest): Promise<Answer>;
}

/** Where defects of ours are written down. */
export interface DoorLog {
  error(fields: object, message: string): void;
}

export interface DoorOptions {
  readonly routes: ReadonlyMap<string, Route>;
  readonly authenticate: (key: string | undefined) => Promise<Principal>;
  readonly budget: ByteBudget;
  readonly inflater: Inflater;
  /** Largest body as it comes. */
  readonly maxBytes: number;
  readonly metrics: IngestMetrics;
  readonly log: DoorLog;
}

/** How long the rest of a refused body is thrown away before the answer. */
const DISCARD_MS = 2000;

/**
 * The HTTP door. In this order: the path, the method, the key, the form of the body; only then is the body read, within
 * the budget. Every refusal is a google.rpc.Status in the request's own encoding.
 */
export function createHttpDoor(options: DoorOptions): RequestListener {
  return (request, response) => {
    serve(request, response, options).catch((thrown: unknown) => {
      // Nothing can be answered any more: the sender is gone, or the answer itself broke off.
      if (!response.headersSent) options.log.error({ err: thrown }, "a request could not be answered");
      response.destroy();
    });
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, options: DoorOptions): Promise<void> {
  const [path = ""] = (request.url ?? "").split("?");
  const route = options.routes.get(path);
  const encoding = encodingOf(request.headers["content-type"]) ?? "json";
  const refusal = route === undefined ? noSuchRoute(path, options.routes) : wrongMethod(request.method, path);
  const answer =
    route === undefined || refusal !== undefined
      ? refusal && errorAnswer(refusal.error, encoding, refusal)
      : await answerOf(request, route, options);
  if (answer === undefined) return;
  const headers = request.complete ? {} : { connection: "close" };
  await discardBody(request, DISCARD_MS);
  await sendAnswer(request, response, { ...answer, headers: { ...answer.headers, ...headers } });
}

/** The route's answer, or the refusal: this never throws. */
async function answerOf(request: IncomingMessage, route: Route, options: DoorOptions): Promise<Answer> {
  const encoding = encodingOf(request.headers["content-type"]) ?? "json";
  const refuse = (error: AppError, refusal?: Refusal): Answer => {
    options.metrics.failed(route.protocol, error.code);
    return errorAnswer(error, encoding, refusal);
  };
  try {
    const principal = await options.authenticate(keyOfHeaders(headersOf(request)));
    const form = formOf(request, route);
    if (form.kind === "refused") return refuse(form.error, form);
    return await readAndHandle(request, { ...form, principal, route, options });
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "internal") {
      options.log.error({ protocol: route.protocol, err: thrown }, "a request failed on our side");
    }
    return refuse(error);
  }
}

type Form =
  | { readonly kind: "readable"; readonly encoding: Encoding; readonly compression: Compression | undefined }
  | ({ readonly kind: "refused" } & Refusal);

/** How the body is written, as far as the headers say. */
function formOf(request: IncomingMessage, route: Route): Form {
  const contentType = request.headers["content-type"];
  const encoding = encodingOf(contentType);
  if (encoding === undefined || !route.encodings.includes(encoding)) {
    return { kind: "refused", ...unsupportedMediaType(contentType, route.encodings) };
  }
  const compression = compressionOf(request.headers["content-encoding"]);
  if (typeof compression !== "object") return { kind: "readable", encoding, compression };
  return { kind: "refused", ...compression };
}

interface Admitted {
  readonly principal: Principal;
  readonly route: Route;
  readonly encoding: Encoding;
  readonly compression: Compression | undefined;
  readonly options: DoorOptions;
}

async function readAndHandle(request: IncomingMessage, admitted: Admitted): Promise<Answer> {
  const { principal, route, encoding, compression, options } = admitted;
  const { budget, inflater, maxBytes, metrics } = options;
  const received = await readBody(request, { maxBytes, budget });
  const releases = [received.release];
  try {
    metrics.received(route.protocol, received.bytes.length);
    let body = received.bytes;
    if (compression !== undefined && body.length > 0) {
      body = await inflater.inflate(body, compression);
      releases.push(budget.take(body.length));
    }
    return await route.handle({ principal, encoding, body });
  } finally {
    for (const release of releases) release();
  }
}

function noSuchRoute(path: string, routes: ReadonlyMap<string, Route>): Refusal {
  const message = `cannot serve ${path.slice(0, 100)}: no such path, want one of ${[...routes.keys()].join(", ")}`;
  return { status: 404, error: new AppError("not_found", message) };
}

function wrongMethod(method: string | undefined, path: string): Refusal | undefined {
  if (method === "POST") return undefined;
  const error = new AppError("unimplemented", `cannot serve ${method ?? "?"} ${path}: want POST`);
  return { status: 405, error, headers: { allow: "POST" } };
}

function headersOf(request: IncomingMessage): HeaderReader {
  return (name) => {
    const value = request.headers[name];
    return typeof value === "string" ? value : value?.[0];
  };
}
