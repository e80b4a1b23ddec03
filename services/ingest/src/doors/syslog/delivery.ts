import { AppError } from "@sightline/errors/app-error";
import { newLogRecord } from "@sightline/logs/log-record";
import { createObjectReader } from "@sightline/logs/object-reader";
import { createSyslogReader } from "@sightline/logs/syslog";
import { createZoneTime } from "@sightline/logs/zone-time";
import type { Clock } from "@sightline/model/time";
import type { RecordLimits } from "@sightline/otlp/validate";
import { retry } from "@sightline/service/retry";
import type { ByteBudget } from "../../admission/byte-budget.ts";
import type { DropReason, IngestMetrics } from "../../metrics.ts";
import { createLogParts, type LogPart } from "../../receive/log-parts.ts";
import type { ReceiveLogs } from "../../receive/receive-logs.ts";
import type { SyslogListener } from "./config.ts";

export type SyslogProtocol = "syslog-tcp" | "syslog-udp";

/** What the listeners of syslog have in common. */
export interface DeliveryOptions {
  readonly listener: SyslogListener;
  readonly protocol: SyslogProtocol;
  readonly limits: RecordLimits;
  readonly receiveLogs: ReceiveLogs;
  readonly budget: ByteBudget;
  readonly metrics: IngestMetrics;
  readonly clock: Clock;
  readonly log: { error(fields: object, message: string): void };
  /** Aborts when the service is to stop. */
  readonly signal: AbortSignal;
}

/** The way of syslog messages to the bus. */
export interface Delivery {
  /**
   * Resolves when the bus holds the messages. Nobody can be asked to send them again: while the bus is away, or the
   * tenant sends too much, it tries again until the service stops. What is dropped is counted; this never rejects.
   */
  deliver(messages: readonly Buffer[]): Promise<void>;
  dropped(reason: DropReason, messages: number): void;
}

const RETRY = { attempts: Number.POSITIVE_INFINITY, baseDelayMs: 100, maxDelayMs: 5000 } as const;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { listener, protocol, limits, receiveLogs, budget, metrics, clock, log, signal } = options;
  const { tenant } = listener;
  const zone = createZoneTime(listener.timeZone, clock);
  const read = createSyslogReader({ read: createObjectReader({ maxFields: limits.maxAttributes }), zone });
  const record = newLogRecord();
  const dropped = (reason: DropReason, messages: number): void => metrics.dropped(protocol, reason, messages);

  const translate = (messages: readonly Buffer[]): LogPart => {
    const parts = createLogParts(limits);
    for (const [place, message] of messages.entries()) {
      read(message.toString("utf8"), record);
      parts.add(place, record);
    }
    return parts.take();
  };
  const untilDone = <T>(call: () => Promise<T>): Promise<T> =>
    retry(call, { ...RETRY, signal, shouldRetry: ({ retryable, code }) => retryable || code === "resource_exhausted" });

  return {
    dropped,
    deliver: async (messages) => {
      if (messages.length === 0) return;
      const bytes = messages.reduce((sum, message) => sum + message.length, 0);
      metrics.received(protocol, bytes);
      try {
        const release = await untilDone(async () => budget.take(bytes, tenant));
        try {
          const part = translate(messages);
          await untilDone(() => receiveLogs({ tenant, protocol, parts: [part] }));
        } finally {
          release();
        }
      } catch (thrown) {
        const { code, message } = AppError.from(thrown);
        dropped(code === "cancelled" ? "stopping" : "refused", messages.length);
        if (code !== "cancelled") log.error({ protocol, tenant, error: message }, "syslog messages were dropped");
      }
    },
  };
}
