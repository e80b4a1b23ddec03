import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { DETAILS_KEY, encodeStatus, messageOf } from "./status-details.ts";

const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** The caller's `grpc-timeout`, milliseconds; undefined when there is none. Throws `invalid_argument` when it is malformed. */
export function timeoutOf(headers: IncomingHttpHeaders): number | undefined {
  const text = headers["grpc-timeout"];
  if (text === undefined) return undefined;
  const [, amount, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(String(text)) ?? [];
  const unitMs = UNITS_MS[unit];
  if (amount === undefined || unitMs === undefined) {
    throw new AppError("invalid_argument", `cannot serve the call: got grpc-timeout ${String(text).slice(0, 50)}`);
  }
  return Number(amount) * unitMs;
}

/** An error as the trailers of a call, with google.rpc details; what is our own defect says nothing about our insides. */
export function failureTrailers(thrown: unknown): OutgoingHttpHeaders {
  const error = AppError.from(thrown);
  const told = error === thrown || error.code !== "internal";
  const message = told ? messageOf(error) : "internal error; the service's log has the details";
  return {
    "grpc-status": WIRE_CODES[error.code].grpc,
    "grpc-message": percentEncoded(message),
    [DETAILS_KEY]: Buffer.from(encodeStatus(error, message)).toString("base64"),
  };
}

/** As gRPC over HTTP/2 has it: all but printable ASCII, and the percent sign. */
function percentEncoded(text: string): string {
  return text.replaceAll(/[^\x20-\x24\x26-\x7e]+/gu, (part) => encodeURIComponent(part));
}
