import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { Store } from "../commit/store.ts";
import type { IngestMetrics, Protocol } from "../metrics.ts";
import type { OtlpSignal, Refused } from "./signals.ts";

/** A serialized export request of one signal. */
export interface OtlpRequest {
  readonly tenant: string;
  readonly protocol: Protocol;
  readonly body: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface OtlpOptions {
  readonly store: Store;
  readonly metrics: IngestMetrics;
  readonly clock: Clock;
}

/** Takes an export request; throws `invalid_argument` when it cannot be decoded, `unavailable` with nothing stored. */
export type ReceiveOtlp = (kind: OtlpSignal, request: OtlpRequest) => Promise<Refused>;

/** The one way of OTLP to the bus, for all doors. The bytes that came are the bytes that are stored. */
export function createReceiveOtlp({ store, metrics, clock }: OtlpOptions): ReceiveOtlp {
  return async (kind, { tenant, protocol, body, signal: abort }) => {
    const { signal, path } = kind;
    const startedAt = performance.now();
    const receivedUnixNano = nanosOfMs(clock());
    const { payload, records, refused } = kind.validate(body);
    const count = (part: Uint8Array) => kind.validate(part).records;
    await store({ signal, tenant, payload, records, receivedUnixNano, path, count }, abort);
    metrics.accepted({ signal, protocol, records, seconds: (performance.now() - startedAt) / 1000 });
    if (refused.records > 0) metrics.refused(signal, protocol, refused.records);
    return refused;
  };
}
