import type { HeaderReader } from "@sightline/auth/credentials";
import type { Principal } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import type { ByteBudget } from "../admission/byte-budget.ts";
import { keyOfRequest } from "../auth/request-key.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics } from "../metrics.ts";
import { type Answer, refusalOf, sendAnswer, statusAnswer } from "./answer.ts";
import { announcedBytes, discardBody, readBody } from "./body.ts";
import { type Refusal, unsupportedMediaType } from "./content.ts";
import type { Incoming, Outgoing } from "./exchange.ts";
import { type Compression, compressionOf, type Inflater, USUAL_COMPRESSIONS } from "./inflate.ts";
import type { HttpTarget, Intake, Route } from "./route.ts";
import { createRouter, type Found, type Router } from "./router.ts";

/** Where defects of ours are written down. */
export interface DoorLog {
  error(fields: object, message: string): void;
}

export interface HttpDoorOptions {
  readonly authenticate: (key: string | undefined) => Promise<Principal>;
  readonly budget: ByteBudget;
  readonly inflater: Inflater;
  /** Says what a tenant may send. */
  readonly gate: Pick<TenantGate, "admit" | "limits">;
  /** Longest body, inflated, of a format that is read in one go. */
  readonly maxAtOnceBytes: number;
  readonly metrics: IngestMetrics;
  readonly log: DoorLog;
}

/** How long the rest of a refused body is thrown away before the answer. */
const DISCARD_MS = 2000;

/** Makes the listeners of HTTP ports, each with its own routes. */
export type HttpDoor = (routes: readonly Route[]) => (request: Incoming, response: Outgoing) => void;

/**
 * The HTTP door. In this order: the path, the method, the key, the tenant's limits, the form of the body; only then is
 * the body read, within the budget. A refusal is said in the way of the route's protocol.
 */
export function createHttpDoor(options: HttpDoorOptions): HttpDoor {
  return (routes) => {
    const router = createRouter(routes);
    return (request, response) => {
      serve(request, response, { router, options }).catch((thrown: unknown) => {
        // Nothing can be answered any more: the sender is gone, or the answer itself broke off.
        if (!response.headersSent) options.log.error({ err: thrown }, "a request could not be answered");
        response.destroy();
      });
    };
  };
}

interface Serving {
  readonly router: Router;
  readonly options: HttpDoorOptions;
}

async function serve(request: Incoming, response: Outgoing, serving: Serving): Promise<void> {
  const answer = await answerOf(request, serving);
  await discardBody(request, DISCARD_MS);
  // What is left of a body of HTTP/1.1 would be taken for the next request; HTTP/2 has a stream for each.
  const headers = request.complete || request.httpVersionMajor > 1 ? {} : { connection: "close" };
  await sendAnswer(request, response, { ...answer, headers: { ...answer.headers, ...headers } });
}

async function answerOf(request: Incoming, { router, options }: Serving): Promise<Answer> {
  const url = request.url ?? "";
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const found = router.find(request.method, path);
  if (found.kind === "no such path") return statusAnswer(noSuchPath(path, router), request.headers["content-type"]);
  if (found.kind === "wrong method") return refuse(request, found.route, wrongMethod(request.method, path, found));
  const query = new URLSearchParams(mark === -1 ? "" : url.slice(mark + 1));
  const target = { params: found.params, query, headers: request.headers };
  const { route } = found;
  return route.kind === "probe" ? route.answer(target) : takeIn(request, { route, target, options });
}

interface Taking {
  readonly route: Intake;
  readonly target: HttpTarget;
  readonly options: HttpDoorOptions;
}

/** The route's answer, or the refusal: this never throws. */
async function takeIn(request: Incoming, { route, target, options }: Taking): Promise<Answer> {
  const failed = (refusal: Refusal): Answer => {
    options.metrics.failed(route.protocol, refusal.error.code);
    return refuse(request, route, refusal);
  };
  try {
    const principal = await options.authenticate(keyOfRequest(headersOf(request)));
    const { tenant } = principal;
    options.gate.admit(tenant, announcedBytes(request) || 0);
    const form = formOf(request, route);
    if (form.kind === "refused") return failed(form);
    const { format, compression } = form;
    const maxBytes = Math.min(
      options.gate.limits(tenant).maxRequestBytes,
      route.atOnce?.includes(format) === true ? options.maxAtOnceBytes : Number.POSITIVE_INFINITY,
    );
    const body = await readWhole(request, { protocol: route.protocol, tenant, maxBytes, compression, options });
    try {
      return await route.handle({ ...target, principal, format, body: body.bytes });
    } finally {
      body.release();
    }
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "internal") {
      options.log.error({ protocol: route.protocol, err: thrown }, "a request failed on our side");
    }
    return failed(refusalOf(error));
  }
}

function refuse(request: Incoming, route: Route, refusal: Refusal): Answer {
  const contentType = request.headers["content-type"];
  const inItsOwnWay = route.kind === "intake" ? route.refuse?.(refusal, contentType) : undefined;
  return inItsOwnWay ?? statusAnswer(refusal, contentType);
}

type Form =
  | { readonly kind: "readable"; readonly format: string; readonly compression: Compression | undefined }
  | ({ readonly kind: "refused" } & Refusal);

/** How the body is written, as far as the headers say. */
function formOf(request: Incoming, route: Intake): Form {
  const { "content-type": contentType, "content-encoding": contentEncoding = "" } = request.headers;
  const format = route.content.formatOf(contentType);
  if (format === undefined) return { kind: "refused", ...unsupportedMediaType(contentType, route.content.wanted) };
  if (contentEncoding.trim() === "") {
    return { kind: "readable", format, compression: route.unsaidCompression?.(format) };
  }
  const compression = compressionOf(contentEncoding, route.compressions ?? USUAL_COMPRESSIONS);
  if (typeof compression === "object") return { kind: "refused", ...compression };
  return { kind: "readable", format, compression };
}

interface Reading {
  readonly tenant: string;
  readonly maxBytes: number;
  readonly protocol: Route["protocol"];
  readonly compression: Compression | undefined;
  readonly options: HttpDoorOptions;
}

/** The body, inflated. Both forms of it count against the budget until it is released. */
async function readWhole(request: Incoming, { protocol, tenant, maxBytes, compression, options }: Reading) {
  const { budget, inflater, metrics } = options;
  const received = await readBody(request, { maxBytes, budget, tenant });
  metrics.received(protocol, received.bytes.length);
  if (compression === undefined || received.bytes.length === 0) return received;
  try {
    const bytes = await inflater.inflate(received.bytes, compression, maxBytes);
    const giveBack = budget.take(bytes.length, tenant);
    const release = (): void => {
      giveBack();
      received.release();
    };
    return { bytes, release };
  } catch (thrown) {
    received.release();
    throw thrown;
  }
}

function noSuchPath(path: string, { paths }: Router): Refusal {
  const message = `cannot serve ${path.slice(0, 100)}: no such path, want one of ${paths.join(", ")}`;
  return { status: 404, error: new AppError("not_found", message) };
}

function wrongMethod(method: string | undefined, path: string, found: Found & { kind: "wrong method" }): Refusal {
  const allowed = found.allowed.join(", ");
  const error = new AppError("unimplemented", `cannot serve ${method ?? "?"} ${path}: want ${allowed}`);
  return { status: 405, error, headers: { allow: allowed } };
}

function headersOf(request: Incoming): HeaderReader {
  return (name) => {
    const value = request.headers[name];
    return typeof value === "string" ? value : value?.[0];
  };
}
