import { setTimeout as sleep } from "node:timers/promises";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import { retryDelayMs } from "@sightline/service/retry";
import type { Integration, Outcome, Telling, Templates } from "../channels/integration.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { Lanes } from "./lanes.ts";

/** Told how the sending of a flush goes on. */
export interface FlushObserver {
  /** One try is over, counted from 1. */
  attempted(number: number, outcome: Outcome): void;
}

/** What is sent of a flush. */
export type FlushMessage = Omit<Flush, "id" | "entry">;

/** Who is told of a flush, and by which templates. */
export interface FlushTarget {
  readonly integration: Integration;
  readonly templates: Templates;
}

export interface SendFlushOptions {
  readonly tenant: string;
  /** As it is configured now; undefined when it is no more. */
  target(): FlushTarget | undefined;
  readonly lanes: Lanes;
  readonly limiter: RateLimiter;
  readonly observer: FlushObserver;
  readonly metrics: Pick<AlerterMetrics, "notifications">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends it between two attempts. */
  readonly signal: AbortSignal;
  /** Ends it in the midst of an attempt. */
  readonly drained: AbortSignal;
}

const backOff = { baseDelayMs: 1000, maxDelayMs: 60_000 };

/**
 * Tells an integration of a flush, again and again until it was told, it says that it will not take it, or the flush's deadline has
 * passed (notify/retry_stage.go): a receiver that is away keeps nobody else waiting. Resolves with the last outcome; throws `cancelled`
 * when a signal aborts.
 */
export async function sendFlush(flush: FlushMessage, options: SendFlushOptions): Promise<Outcome> {
  const { lanes, tenant, clock, signal, observer, limiter } = options;
  let last = outOfTime;
  let { receiverData } = flush;
  let attempt = 1;
  while (clock() < flush.deadlineMs) {
    if (signal.aborted) throw stopping(signal.reason);
    const target = options.target();
    if (target === undefined) return noIntegration;
    const { rateKey } = target.integration;
    // A receiver's limits are those of all tenants, but none of them waits for what another one's hangs at.
    const outcome = await lanes.run(`${tenant} ${rateKey}`, () =>
      attemptOnce({ ...flush, receiverData }, target, options),
    );
    if (outcome === undefined) break;
    last = outcome;
    // What of it was done is not done again.
    receiverData = outcome.receiverData ?? receiverData;
    if (outcome.isUntold) {
      // Others, who need no such turn, go on meanwhile.
      limiter.giveBack(rateKey);
      await wait(outcome.retryAfterMs ?? backOff.baseDelayMs, flush, options);
      continue;
    }
    observer.attempted(attempt, last);
    report(flush, attempt, last, options);
    if (last.delivered || !last.retryable) return last;
    if (last.retryAfterMs !== undefined) limiter.pause(rateKey, last.retryAfterMs);
    await wait(retryDelayMs(attempt, last.retryAfterMs ?? 0, backOff), flush, options);
    attempt++;
  }
  return last;
}

const outOfTime: Outcome = {
  delivered: false,
  outcome: "there was no time for it before its deadline",
  retryable: false,
};
const noIntegration: Outcome = {
  delivered: false,
  outcome: "its receiver has no such integration any more",
  retryable: false,
};

/** Undefined when its turn did not come, or no answer, before the deadline. */
async function attemptOnce(
  flush: FlushMessage,
  { integration, templates }: FlushTarget,
  options: SendFlushOptions,
): Promise<Outcome | undefined> {
  const { limiter, clock, tenant, drained } = options;
  for (;;) {
    if (clock() >= flush.deadlineMs) return undefined;
    const waitMs = limiter.take(integration.rateKey, integration.rateLimits);
    if (waitMs === 0) break;
    await wait(waitMs, flush, options);
  }
  const { notification, receiverData, atMs, onlyCareChanged } = flush;
  const news = { tenant, notification, templates, receiverData, atMs, ...(onlyCareChanged && { onlyCareChanged }) };
  const told = { ...news, ...careOf(flush) };
  // Its group is told again after that: nothing of this one may come later.
  const late = AbortSignal.timeout(Math.max(1, Math.min(flush.deadlineMs - clock(), MAX_ATTEMPT_MS)));
  const signal = AbortSignal.any([drained, late]);
  try {
    return await integration.send({ ...told, signal });
  } catch (thrown) {
    if (late.aborted && !drained.aborted) return undefined;
    throw thrown;
  }
}

/** Who takes care of all that fires. It is the news where nothing else could be. */
function careOf({ acknowledgement, notification }: FlushMessage): Pick<Telling, "care" | "acknowledgement"> {
  if (acknowledgement === undefined) return {};
  const { by, note, atMs, untilMs } = acknowledgement;
  const care = { by, note, atMs, ...(untilMs !== undefined && { untilMs }) };
  return { care, ...(notification.reason === "repeat interval elapsed" && { acknowledgement: { by, note } }) };
}

/** Longer than any integration's own time-out, and than no timer can be. */
const MAX_ATTEMPT_MS = 24 * 3_600_000;

function stopping(cause: unknown): AppError {
  return new AppError("cancelled", "gave up telling a channel: stopping", { cause });
}

/** Not beyond the deadline. */
async function wait(ms: number, flush: FlushMessage, { clock, signal }: SendFlushOptions): Promise<void> {
  try {
    await sleep(Math.max(0, Math.min(ms, flush.deadlineMs - clock())), undefined, { signal });
  } catch (cause) {
    throw stopping(cause);
  }
}

function report(
  flush: FlushMessage,
  attempt: number,
  outcome: Outcome,
  { metrics, log, tenant }: SendFlushOptions,
): void {
  const { groupKey, receiver, integration: kind, index } = flush;
  const result = outcome.delivered ? "delivered" : outcome.retryable ? "retry" : "failed";
  metrics.notifications.inc({ kind, outcome: result });
  const fields = { tenant, receiver, integration: `${kind}[${index}]`, groupKey, attempt, outcome: outcome.outcome };
  if (outcome.delivered) log.info(fields, "channel told");
  else log.warn(fields, "channel not told");
}
