import { AppError, invalid, unavailable } from "@sightline/errors/app-error";
import { within } from "@sightline/service/lifecycle";
import express, { type Request, type Response, Router } from "express";
import type { Metrics } from "../metrics.ts";
import { type RestOptions, sendError } from "../rest/router.ts";
import { inboundKindOf } from "./kinds.ts";
import type { Receipt, Receive } from "./receive.ts";

export interface InboundRouterOptions extends Pick<RestOptions, "answered" | "defect"> {
  readonly metrics: Pick<Metrics, "inboundRequests">;
}

/** More than any of these senders sends but GitHub, whose largest events mean nothing here. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const PATH = "/v1/inbound/:kind/:token";

// Whatever it says that it is: the bytes are what is signed.
const readBytes = express.raw({ limit: MAX_BODY_BYTES, type: () => true });

/** Where sources send to. Most of them can send no key of ours, so that the address has a token. */
export function createInboundRouter(receive: Receive, options: InboundRouterOptions): Router {
  const router = Router();
  router.post(PATH, (request, response) => serve(request, response, { receive, options }));
  return router;
}

interface Serving {
  readonly receive: Receive;
  readonly options: InboundRouterOptions;
}

async function serve(request: Request, response: Response, { receive, options }: Serving): Promise<void> {
  const started = performance.now();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.setHeader("cache-control", "no-store");
  const kind = String(request.params["kind"]);
  const speaks = inboundKindOf(kind);
  let outcome = "taken";
  try {
    const take = async () => {
      const source = await receive.open(kind, String(request.params["token"]));
      const body = await readBody(request, response);
      return receive.take(source, { header: (name) => request.get(name), body }, gone.signal);
    };
    const receipt = await withinMs(speaks?.answerWithinMs, take);
    if (receipt.duplicate) outcome = "duplicate";
    if (speaks?.answersEmpty === true) response.end();
    else response.json(answerOf(receipt));
  } catch (thrown) {
    const error = AppError.from(thrown);
    outcome = error.code;
    if (error.code === "internal") options.defect(error, `post ${PATH}`);
    if (!response.destroyed) sendError(response, error);
  } finally {
    options.metrics.inboundRequests.inc({ kind: speaks === undefined ? "" : kind, outcome });
    options.answered({ method: "post", path: PATH }, response.statusCode, (performance.now() - started) / 1000);
  }
}

/** Who does not wait any longer is told so in time. What was begun is left to end with the connection. */
async function withinMs<T>(limitMs: number | undefined, take: () => Promise<T>): Promise<T> {
  if (limitMs === undefined) return take();
  const late = () => unavailable(`cannot say what came of it: it took more than ${limitMs} ms; look, and try again`);
  return await within(take(), limitMs, late);
}

/** Told to whoever looks into the sender's log. */
function answerOf({ duplicate, alerts, events, dropped }: Receipt): object {
  const told = dropped.slice(0, 100).map(({ reason, what, count = 1 }) => ({ reason, what, count }));
  return { duplicate, alerts, events, dropped: told };
}

/** Only now that the source is known. */
function readBody(request: Request, response: Response): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    readBytes(request, response, (error?: unknown) => {
      if (error === undefined) resolve(request.body instanceof Uint8Array ? request.body : new Uint8Array());
      else if (error instanceof Error && "status" in error && error.status === 413) {
        reject(new AppError("too_large", `cannot read the body: got more than ${MAX_BODY_BYTES} bytes`));
      } else reject(invalid(`cannot read the body: ${error instanceof Error ? error.message : "malformed"}`, error));
    });
  });
}
