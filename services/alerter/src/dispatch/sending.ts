import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { failpoint } from "@sightline/service/failpoint";
import type { Logger } from "@sightline/service/logger";
import type { Bell } from "../bell.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { createLanes } from "./lanes.ts";
import { type SendFlushOptions, sendFlush } from "./send-flush.ts";
import type { TenantDispatch } from "./tenant-dispatch.ts";

export interface SendingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly limiter: RateLimiter;
  /** Notifications that are sent to one receiver of a tenant at the same time. */
  readonly maxConcurrentPerReceiver: number;
  /** Rung when something was sent. */
  readonly bell: Bell;
  /** Ends what is sent between two attempts. */
  readonly signal: AbortSignal;
  /** Ends attempts. */
  readonly drained: AbortSignal;
}

/** Sends flushes beside each other, and tells their dispatcher what came of it. */
export interface Sending {
  begin(one: TenantDispatch, flush: Flush): void;
  /** These need not be sent any more. */
  abandon(flushes: readonly Flush[]): void;
  /** Resolves when nothing is being sent any more. */
  idle(): Promise<void>;
}

/** Makes it with nothing being sent. What is sent at a time is bounded by the groups that there are. */
export function createSending(options: SendingOptions): Sending {
  const { clock, log, bell, signal, drained, metrics } = options;
  const lanes = createLanes(options.maxConcurrentPerReceiver);
  const running = new Set<Promise<void>>();
  const abandoned = new Map<Flush, AbortController>();

  function optionsFor(one: TenantDispatch, flush: Flush, given: AbortSignal): SendFlushOptions {
    return {
      ...options,
      tenant: one.tenant,
      lanes,
      signal: AbortSignal.any([signal, given]),
      drained: AbortSignal.any([drained, given]),
      observer: {
        attempted: (number, outcome) => one.attempted(flush, number, outcome, clock()),
      },
      target() {
        const { templates, integrationOf } = one.configuration();
        const integration = integrationOf(flush);
        return integration === undefined ? undefined : { integration, templates };
      },
    };
  }

  async function send(one: TenantDispatch, flush: Flush): Promise<void> {
    const given = new AbortController();
    abandoned.set(flush, given);
    try {
      const outcome = await sendFlush(flush, optionsFor(one, flush, given.signal));
      if (outcome.delivered) failpoint("alerter.receiver-told");
      metrics.dispatch.notified(flush.integration, outcome, (clock() - flush.atMs) / 1000);
      one.ended(flush, outcome, clock());
    } catch (thrown) {
      const { code, message } = AppError.from(thrown);
      // Whoever goes on sends it again.
      if (signal.aborted || given.signal.aborted) return;
      log.error({ tenant: one.tenant, groupKey: flush.groupKey, code, error: message }, "a channel could not be told");
      one.ended(flush, { delivered: false, outcome: message, retryable: false }, clock());
    } finally {
      abandoned.delete(flush);
      bell.ring();
    }
  }

  return {
    begin(one, flush) {
      const work = send(one, flush).finally(() => running.delete(work));
      running.add(work);
    },
    abandon(flushes) {
      for (const flush of flushes) abandoned.get(flush)?.abort();
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
