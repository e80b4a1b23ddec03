import { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";

/** A series' labels as OTLP has them, made once: each is the bytes of a KeyValue. */
export type EncodedLabels = readonly Uint8Array[];

/** Labels without a value are none. */
export function encodeLabels(labels: readonly (readonly [name: string, value: string])[]): EncodedLabels {
  return labels.flatMap(([key, value]) =>
    value === ""
      ? []
      : [KeyValue.encode({ key, value: { value: { $case: "stringValue", value } }, keyStrindex: 0 }).finish()],
  );
}

/** What series are published of: the labels, and since when they are counted. */
export interface Counted {
  readonly labels: EncodedLabels;
  /** Nothing was counted before; nanoseconds since the Unix epoch. */
  readonly sinceUnixNano: bigint;
  /** Published at least once: the zero that they began with is known. */
  isKnown: boolean;
  /** Milliseconds since the Unix epoch. */
  lastSeenMs: number;
}
