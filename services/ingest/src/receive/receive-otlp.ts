import type { Signal } from "@sightline/bus/subjects";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { RECORD_PATHS } from "@sightline/otlp/message-path";
import { createValidate, type Validated } from "@sightline/otlp/validate";
import type { Store } from "../commit/store.ts";
import { charged } from "../limits/charged.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics, Protocol } from "../metrics.ts";

/** A signal whose records are OTLP's. */
export type OtlpSignal = Exclude<Signal, "events">;

/** What was refused beside what was taken. */
export type Refused = Validated["refused"];

/** A serialized export request of one signal. */
export interface OtlpRequest {
  readonly tenant: string;
  readonly protocol: Protocol;
  readonly body: Uint8Array;
  /** It describes metrics and has no data points: it is put on the bus all the same. */
  readonly describesOnly?: boolean;
  readonly signal?: AbortSignal;
}

export interface OtlpOptions {
  readonly store: Store;
  readonly metrics: IngestMetrics;
  readonly clock: Clock;
  readonly gate: TenantGate;
}

/**
 * Takes an export request. Throws, with nothing stored, `invalid_argument` when it cannot be decoded,
 * `resource_exhausted` when the tenant sends too much, and `unavailable`.
 */
export type ReceiveOtlp = (signal: OtlpSignal, request: OtlpRequest) => Promise<Refused>;

/** The one way of OTLP to the bus, for all doors. The bytes that came are the bytes that are stored. */
export function createReceiveOtlp({ store, metrics, clock, gate }: OtlpOptions): ReceiveOtlp {
  const validates = {
    traces: createValidate("traces"),
    metrics: createValidate("metrics"),
    logs: createValidate("logs"),
  };
  return async (signal, { tenant, protocol, body, describesOnly = false, signal: abort }) => {
    const validate = validates[signal];
    const startedAt = performance.now();
    const nowMs = clock();
    const receivedUnixNano = nanosOfMs(nowMs);
    const rules = gate.rules(tenant, nowMs);
    const validated = validate(body, rules);
    const use = { bytes: body.length, records: validated.records };
    const { records, refused } = await charged(gate, { tenant, use }, async () => {
      const limited = signal === "metrics" ? gate.limitSeries(tenant, validated) : validated;
      const count = (part: Uint8Array) => validate(part, rules).records;
      const entry = { signal, tenant, payload: limited.payload, records: limited.records, receivedUnixNano };
      await store({ ...entry, path: RECORD_PATHS[signal], count, keepsEmpty: describesOnly }, abort);
      return limited;
    });
    metrics.accepted({ signal, protocol, records, seconds: (performance.now() - startedAt) / 1000 });
    for (const [reason, ofIt] of refused.reasons) metrics.refused(signal, protocol, ofIt, reason);
    return refused;
  };
}
