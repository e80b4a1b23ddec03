import { setImmediate } from "node:timers/promises";
import { AppError } from "@sightline/errors/app-error";
import type { RefusalReason } from "@sightline/otlp/violation";
import type { IngestMetrics, Protocol } from "../metrics.ts";
import type { LogPart, RefusedPlace } from "./log-parts.ts";
import type { ReceiveOtlp } from "./receive-otlp.ts";

/** Log records of a protocol that is not OTLP. */
export interface LogsRequest {
  readonly tenant: string;
  readonly protocol: Protocol;
  /** Translated as they are asked for. */
  readonly parts: Iterable<LogPart>;
  readonly signal?: AbortSignal;
}

/** What became of a request. */
export interface LogsOutcome {
  readonly accepted: number;
  readonly refused: number;
  /** The first of those that were refused, in no order. */
  readonly told: readonly RefusedPlace[];
}

export interface LogsOptions {
  readonly receiveOtlp: ReceiveOtlp;
  readonly metrics: IngestMetrics;
  /** Of a request as OTLP. */
  readonly maxBytes: number;
}

/** Takes the log records of a request, all at once; throws what `ReceiveOtlp` throws, `too_large` besides. */
export type ReceiveLogs = (request: LogsRequest) => Promise<LogsOutcome>;

/** So many refusals are told one by one. */
const MAX_TOLD = 100_000;

/**
 * The way of translated log records to the bus. They are put together before they go there, so that one request is taken
 * or refused as one; between two parts others get their turn.
 */
export function createReceiveLogs({ receiveOtlp, metrics, maxBytes }: LogsOptions): ReceiveLogs {
  return async ({ tenant, protocol, parts, signal }) => {
    const { body, places, refused, told } = await gather(parts, maxBytes);
    const judged = await receiveOtlp("logs", { tenant, protocol, body, ...(signal === undefined ? {} : { signal }) });
    if (refused > 0) metrics.refused("logs", protocol, refused, "malformed");
    for (const [at, { first, records, reason }] of judged.which.entries()) {
      for (const place of places.slice(first, first + records)) {
        tell(told, { place, reason: at === 0 ? judged.firstMessage : WORDS[reason] });
      }
    }
    return { accepted: places.length - judged.records, refused: refused + judged.records, told };
  };
}

/** Why records were refused, but for the first, of which there is more to say. */
const WORDS: Readonly<Record<RefusalReason, string>> = {
  ids: "an id is malformed",
  name: "a name is too long",
  attributes: "it has too many attributes",
  key_bytes: "an attribute's key is too long",
  value_bytes: "a value is too long",
  value_depth: "a value is nested too deep",
  record_bytes: "it is too long",
  shared_bytes: "its resource is too long for that many records",
  too_old: "it is too old",
  too_new: "it is of the future",
  series: "it is of a new series beyond the limit",
};

async function gather(parts: Iterable<LogPart>, maxBytes: number) {
  const bodies: Uint8Array[] = [];
  const places: number[] = [];
  const told: RefusedPlace[] = [];
  let bytes = 0;
  let refused = 0;
  for (const part of parts) {
    if (bodies.length > 0) await setImmediate();
    bytes += part.body.length;
    if (bytes > maxBytes) {
      throw new AppError("too_large", `cannot take the request: it is more than ${maxBytes} bytes as OTLP`);
    }
    bodies.push(part.body);
    for (const place of part.places) places.push(place);
    for (const refusal of part.refused) tell(told, refusal);
    refused += part.refused.length;
  }
  const [only] = bodies;
  const body = bodies.length === 1 && only !== undefined ? only : Buffer.concat(bodies, bytes);
  return { body, places, refused, told };
}

function tell(told: RefusedPlace[], refusal: RefusedPlace): void {
  if (told.length < MAX_TOLD) told.push(refusal);
}
