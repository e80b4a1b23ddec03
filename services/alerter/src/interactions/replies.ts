import { setTimeout as sleep } from "node:timers/promises";
import { AppError, unavailable } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import type { OutboundPolicy } from "@sightline/service/outbound";
import { retry } from "@sightline/service/retry";
import { exchange } from "../channels/http.ts";
import type { Reply } from "../channels/interaction.ts";
import type { AlerterMetrics } from "../metrics.ts";

export interface RepliesOptions {
  /** What addresses may lead to: a request that is signed may hold any. */
  readonly policy: OutboundPolicy;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<AlerterMetrics, "interactionReplies">;
  /** Replies on their way at a time; more are dropped, and counted. */
  readonly maxInFlight: number;
}

/** Tells people where they pressed something what came of it. Nobody waits for it: what they wanted is kept before. */
export interface Replies {
  send(channel: string, reply: Reply): void;
  /** Ends what is not told in a short while. */
  close(): Promise<void>;
}

const attemptMs = 5000;
const closeMs = 2000;
const patience = { attempts: 3, baseDelayMs: 500, maxDelayMs: 5000 };

export function createReplies({ policy, clock, log, metrics, maxInFlight }: RepliesOptions): Replies {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();

  async function attempt({ request, outcomeOf }: Reply): Promise<void> {
    const answer = await exchange(request, { http: undefined, policy, timeoutMs: attemptMs, signal });
    const { delivered, outcome, retryable, retryAfterMs } = outcomeOf(answer, clock());
    if (delivered) return;
    const message = `cannot reply: got ${outcome.slice(0, 200)}`;
    if (!retryable) throw new AppError("failed_precondition", message);
    throw unavailable(message, { ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }

  async function tell(channel: string, reply: Reply): Promise<void> {
    try {
      await retry(() => attempt(reply), { ...patience, signal });
      metrics.interactionReplies.inc({ channel, outcome: "delivered" });
    } catch (thrown) {
      metrics.interactionReplies.inc({ channel, outcome: "failed" });
      // Its path is a secret, as long as it can be replied to.
      const { origin = "", pathname = "" } = URL.parse(reply.request.url) ?? {};
      const error = AppError.from(thrown).message.replaceAll(`${origin}${pathname}`, `${origin}/…`);
      log.warn({ channel, error }, "nobody was told what came of a button that was pressed");
    }
  }

  return {
    send(channel, reply) {
      if (running.size >= maxInFlight || signal.aborted) {
        metrics.interactionReplies.inc({ channel, outcome: "dropped" });
        return;
      }
      const work = tell(channel, reply).finally(() => running.delete(work));
      running.add(work);
    },
    async close() {
      const ended = Promise.all(running);
      const waited = new AbortController();
      const late = sleep(closeMs, undefined, { signal: waited.signal }).catch(() => undefined);
      await Promise.race([ended, late]);
      waited.abort();
      stopping.abort();
      await ended;
    },
  };
}
