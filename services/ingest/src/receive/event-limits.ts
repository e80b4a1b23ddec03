import type { KeptEvent } from "@sightline/events/batch";
import { EVENT_LIMITS } from "@sightline/events/validate";
import type { RecordRules } from "@sightline/otlp/validate";
import type { RefusalReason } from "@sightline/otlp/violation";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";

/** What of a tenant's limits an event is beyond. */
export interface BeyondLimits {
  readonly refusal: RefusalReason;
  /** In words, naming the field. */
  readonly reason: string;
}

/** The first limit that a valid event is beyond; undefined when it is within all. Its labels are its attributes. */
export function beyondLimits(event: KeptEvent, rules: RecordRules): BeyondLimits | undefined {
  const { timeUnixNano, bytes, start, end } = event;
  const { limits, times } = rules;
  if (times !== undefined && (timeUnixNano < times.oldestUnixNano || timeUnixNano > times.newestUnixNano)) {
    const want = `want ${textOf(times.oldestUnixNano)} to ${textOf(times.newestUnixNano)}`;
    const refusal = timeUnixNano < times.oldestUnixNano ? "too_old" : "too_new";
    return { refusal, reason: `time_unix_nano: got ${textOf(timeUnixNano)}, ${want}` };
  }
  if (isSurelyWithin(end - start, limits)) return undefined;
  return beyondTextLimits(SystemEvent.decode(bytes.subarray(start, end)), limits);
}

/** Fast path: no text is longer than the whole event, and no valid event has more or longer labels than these. */
function isSurelyWithin(eventBytes: number, limits: RecordRules["limits"]): boolean {
  const { maxAttributes, maxKeyBytes, maxValueBytes } = limits;
  return eventBytes <= maxValueBytes && maxAttributes >= EVENT_LIMITS.labels && maxKeyBytes >= EVENT_LIMITS.labelKey;
}

function beyondTextLimits(event: SystemEvent, limits: RecordRules["limits"]): BeyondLimits | undefined {
  const { maxValueBytes } = limits;
  for (const [field, text] of [
    ["description", event.description],
    ["details", event.details],
  ] as const) {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxValueBytes) {
      return { refusal: "value_bytes", reason: `${field}: got ${bytes} bytes, want at most ${maxValueBytes}` };
    }
  }
  return beyondLabelLimits(event.metadata?.labels ?? {}, limits);
}

function beyondLabelLimits(
  labels: Readonly<Record<string, string>>,
  { maxAttributes, maxKeyBytes, maxValueBytes }: RecordRules["limits"],
): BeyondLimits | undefined {
  const entries = Object.entries(labels);
  if (entries.length > maxAttributes) {
    return { refusal: "attributes", reason: `metadata.labels: got ${entries.length}, want at most ${maxAttributes}` };
  }
  for (const [key, value] of entries) {
    const [keyBytes, valueBytes] = [Buffer.byteLength(key), Buffer.byteLength(value)];
    const field = `metadata.labels[${JSON.stringify(key.slice(0, 60))}]`;
    if (keyBytes > maxKeyBytes) {
      return { refusal: "key_bytes", reason: `${field}: its key has ${keyBytes} bytes, want at most ${maxKeyBytes}` };
    }
    if (valueBytes > maxValueBytes) {
      return { refusal: "value_bytes", reason: `${field}: got ${valueBytes} bytes, want at most ${maxValueBytes}` };
    }
  }
  return undefined;
}

/** RFC 3339, in whole seconds. */
function textOf(unixNano: bigint): string {
  return `${new Date(Number(unixNano / 1_000_000n)).toISOString().slice(0, 19)}Z`;
}
