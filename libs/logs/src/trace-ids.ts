/** An id of OpenTelemetry (W3C Trace Context), and whether it says all that the sender's spelling said. */
export interface NormalId {
  /** Lower-case hex of full length. */
  readonly hex: string;
  /** False when it was padded or converted: who looks for the id as it was sent needs that as well. */
  readonly same: boolean;
}

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;
/** Shorter ones are words: "add", "cafe", "feed". */
const LEAST_DIGITS = 8;

/**
 * A trace id as W3C has it: hex of 8 to 32 digits padded with zeros on the left, UUIDs without their hyphens, AWS X-Ray's
 * `1-<8>-<24>`, Google's `projects/<project>/traces/<id>`. Undefined when it cannot be made one.
 */
export function traceIdOf(value: unknown): NormalId | undefined {
  if (typeof value !== "string" || value.length > 512) return undefined;
  const google = value.lastIndexOf("/traces/");
  const text = google === -1 ? value : value.slice(google + "/traces/".length);
  const grouped = /^(?:Root=)?1-([\da-f]{8})-([\da-f]{24})$/i.exec(text);
  const hex = grouped === null ? withoutUuidHyphens(text) : `${grouped[1]}${grouped[2]}`;
  return padded(hex, TRACE_ID_DIGITS, value);
}

/** A span id as W3C has it: hex of 8 to 16 digits padded with zeros on the left. Undefined when it cannot be made one. */
export function spanIdOf(value: unknown): NormalId | undefined {
  return typeof value === "string" ? padded(value, SPAN_ID_DIGITS, value) : undefined;
}

/** Datadog's ids: 64 bits in decimal. */
export function decimalId(value: unknown, kind: "trace" | "span"): NormalId | undefined {
  const isInteger = typeof value === "bigint" || Number.isSafeInteger(value);
  const text = isInteger ? String(value) : value;
  if (typeof text !== "string" || !/^\d{1,20}$/.test(text)) return undefined;
  const hex = BigInt(text).toString(16);
  const digits = kind === "trace" ? TRACE_ID_DIGITS : SPAN_ID_DIGITS;
  return hex === "0" || hex.length > SPAN_ID_DIGITS ? undefined : { hex: hex.padStart(digits, "0"), same: false };
}

/** The three ids of a `traceparent` (W3C Trace Context section 3.2); undefined when it is none. */
export function traceParent(value: unknown): { traceId: string; spanId: string; flags: number } | undefined {
  if (typeof value !== "string") return undefined;
  const match = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(value);
  if (match === null) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = match;
  return isZero(traceId) || isZero(spanId) ? undefined : { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

function withoutUuidHyphens(text: string): string {
  if (text.length !== 36 || text.charCodeAt(8) !== 0x2d) return text;
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.replaceAll("-", "") : text;
}

function padded(text: string, digits: number, original: string): NormalId | undefined {
  const hex = text.startsWith("0x") ? text.slice(2) : text;
  if (hex.length < LEAST_DIGITS || hex.length > digits || !/^[\da-f]+$/i.test(hex) || isZero(hex)) return undefined;
  const full = hex.toLowerCase().padStart(digits, "0");
  return { hex: full, same: hex.length === digits && original.length - hex.length <= 2 };
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}
