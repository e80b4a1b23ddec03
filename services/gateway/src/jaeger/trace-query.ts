import { invalid } from "@sightline/errors/app-error";
import { nanosOfMs, type TimeRange } from "@sightline/model/time";
import { anyAttribute } from "@sightline/query/traceql/attribute-name";

/** What is asked of a trace: one of its spans has all of it. */
export interface TraceQuery {
  /** "": of any. */
  readonly service: string;
  /** "": any. */
  readonly operation: string;
  readonly tags: Readonly<Record<string, string>>;
  /** When it began. */
  readonly range: TimeRange;
  /** Nanoseconds; 0: no bound. */
  readonly minDurationNano: bigint;
  readonly maxDurationNano: bigint;
  /** How many traces; 0: 100. */
  readonly limit: number;
}

const KINDS: ReadonlySet<string> = new Set(["internal", "server", "client", "producer", "consumer"]);
const STATUSES: ReadonlySet<string> = new Set(["ok", "error", "unset"]);

/** The query in TraceQL. */
export function traceqlOf({ service, operation, tags, minDurationNano, maxDurationNano }: TraceQuery): string {
  const conditions = Object.entries(tags).map(([key, value]) => conditionOf(key, value));
  if (operation !== "") conditions.unshift(`name = ${JSON.stringify(operation)}`);
  if (service !== "") conditions.unshift(`resource.service.name = ${JSON.stringify(service)}`);
  if (minDurationNano > 0n) conditions.push(`duration >= ${minDurationNano}ns`);
  if (maxDurationNano > 0n) conditions.push(`duration <= ${maxDurationNano}ns`);
  return `{ ${conditions.join(" && ")} }`;
}

/** A tag; those that Jaeger makes of what OTLP has fields for are asked of these. */
function conditionOf(key: string, value: string): string {
  const text = JSON.stringify(value);
  const word = value.toLowerCase();
  switch (key) {
    case "error":
      if (word === "true") return "status = error";
      if (word === "false") return "status != error";
      break;
    case "span.kind":
      if (KINDS.has(word)) return `kind = ${word}`;
      break;
    case "otel.status_code":
      if (STATUSES.has(word)) return `status = ${word}`;
      break;
    case "otel.status_description":
      return `statusMessage = ${text}`;
    case "otel.scope.name":
      return `instrumentation:name = ${text}`;
    case "otel.scope.version":
      return `instrumentation:version = ${text}`;
    default:
  }
  return `${anyAttribute(key)} = ${text}`;
}

/** As far back as Jaeger looks when nobody says when. */
const DEFAULT_LOOKBACK_MS = 2 * 24 * 3_600_000;

/** From one time to another; what is left out is now, and two days earlier. Before 1970 there is nothing, nor behind 2262. */
export function rangeOf(start: bigint | undefined, end: bigint | undefined, nowMs: number): TimeRange {
  const endUnixNano = sayable(end ?? nanosOfMs(nowMs));
  return { startUnixNano: sayable(start ?? endUnixNano - nanosOfMs(DEFAULT_LOOKBACK_MS)), endUnixNano };
}

const LAST_NANOS = 2n ** 63n - 1n;

/** A time of 0 says to storage that there is none. */
function sayable(nanos: bigint): bigint {
  if (nanos < 1n) return 1n;
  return nanos > LAST_NANOS ? LAST_NANOS : nanos;
}

const MAX_DIGITS = 32;

/** A trace's id in its one form. */
export function traceIdOf(text: string): string {
  if (!/^[0-9a-f]{1,32}$/i.test(text)) {
    throw invalid(`cannot read the trace id: got ${JSON.stringify(text)}, want 1 to ${MAX_DIGITS} hexadecimal digits`);
  }
  return text.toLowerCase().padStart(MAX_DIGITS, "0");
}
