import { setTimeout as sleep } from "node:timers/promises";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { failpoint } from "@sightline/service/failpoint";
import type { Logger } from "@sightline/service/logger";
import { retryDelayMs } from "@sightline/service/retry";
import type { Integration, Outcome, Templates } from "../channels/integration.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { Lanes } from "./lanes.ts";

/** Told how the sending of a flush goes on. */
export interface FlushObserver {
  /** One try is over. */
  attempted(flush: Flush, number: number, outcome: Outcome): void;
}

export interface SendFlushOptions {
  readonly tenant: string;
  readonly integration: Integration;
  readonly templates: Templates;
  readonly lanes: Lanes;
  readonly limiter: RateLimiter;
  readonly observer: FlushObserver;
  readonly metrics: Pick<AlerterMetrics, "notifications">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends it in the midst of waiting or of an attempt. */
  readonly signal: AbortSignal;
}

const backOff = { baseDelayMs: 1000, maxDelayMs: 60_000 };

/**
 * Tells an integration of a flush, again and again until it was told, it says that it will not take it, or the flush's deadline has
 * passed (notify/retry_stage.go): a receiver that is away keeps nobody else waiting. Resolves with the last outcome; throws `cancelled`
 * when the signal aborts.
 */
export async function sendFlush(flush: Flush, options: SendFlushOptions): Promise<Outcome> {
  const { integration, lanes, clock, signal, observer } = options;
  let last: Outcome | undefined;
  for (let attempt = 1; clock() < flush.deadlineMs; attempt++) {
    const outcome = await lanes.run(integration.rateKey, () => attemptOnce(flush, options));
    if (outcome === undefined) break;
    last = outcome;
    observer.attempted(flush, attempt, last);
    report(flush, attempt, last, options);
    if (last.delivered || !last.retryable) return last;
    if (last.retryAfterMs !== undefined) options.limiter.pause(integration.rateKey, clock() + last.retryAfterMs);
    await wait(retryDelayMs(attempt, last.retryAfterMs ?? 0, backOff), flush, options);
  }
  signal.throwIfAborted();
  return last ?? { delivered: false, outcome: "there was no time to try it before its deadline", retryable: false };
}

/** Undefined when its turn did not come before the deadline. */
async function attemptOnce(flush: Flush, options: SendFlushOptions): Promise<Outcome | undefined> {
  const { integration, limiter, clock, signal, tenant, templates } = options;
  for (;;) {
    if (clock() >= flush.deadlineMs) return undefined;
    const waitMs = limiter.take(integration.rateKey, integration.rateLimits, clock());
    if (waitMs === 0) break;
    await wait(waitMs, flush, options);
  }
  failpoint("alerter.attempt-begun");
  const { notification, receiverData, atMs } = flush;
  const outcome = await integration.send({ tenant, notification, templates, receiverData, atMs, signal });
  failpoint("alerter.channel-told");
  return outcome;
}

/** Not beyond the deadline. */
async function wait(ms: number, flush: Flush, { clock, signal }: SendFlushOptions): Promise<void> {
  try {
    await sleep(Math.max(0, Math.min(ms, flush.deadlineMs - clock())), undefined, { signal });
  } catch (cause) {
    throw new AppError("cancelled", "gave up telling a channel: stopping", { cause });
  }
}

function report(flush: Flush, attempt: number, outcome: Outcome, { metrics, log, tenant }: SendFlushOptions): void {
  const { groupKey, receiver, integration: kind, index } = flush;
  const result = outcome.delivered ? "delivered" : outcome.retryable ? "retry" : "failed";
  metrics.notifications.inc({ kind, outcome: result });
  const fields = { tenant, receiver, integration: `${kind}[${index}]`, groupKey, attempt, outcome: outcome.outcome };
  if (outcome.delivered) log.info(fields, "channel told");
  else log.warn(fields, "channel not told");
}
