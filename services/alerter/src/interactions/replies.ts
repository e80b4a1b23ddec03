import { AppError, unavailable } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { within } from "@sightline/service/lifecycle";
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
  /** Replies on their way at a time, an eighth of them of one tenant; more are dropped, and counted. */
  readonly maxInFlight: number;
}

/** Tells people where they pressed something what came of it. Nobody waits for it: what they wanted is kept before. */
export interface Replies {
  send(tenant: string, channel: string, reply: Reply): void;
  /** Ends what is not told in a short while. */
  close(): Promise<void>;
}

/** Tenants whose replies hang leave room for those of others. */
const tenantShare = 1 / 8;
const attemptMs = 5000;
const closeMs = 2000;
const patience = { attempts: 3, baseDelayMs: 500, maxDelayMs: 5000 };

export function createReplies({ policy, clock, log, metrics, maxInFlight }: RepliesOptions): Replies {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();
  const maxOfTenant = Math.max(1, Math.floor(maxInFlight * tenantShare));
  /** Only tenants that have some. */
  const runningOf = new Map<string, number>();

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
      const error = withoutPath(AppError.from(thrown).message, reply.request.url);
      log.warn({ channel, error }, "nobody was told what came of a button that was pressed");
    }
  }

  function leave(tenant: string): void {
    const left = (runningOf.get(tenant) ?? 0) - 1;
    if (left > 0) runningOf.set(tenant, left);
    else runningOf.delete(tenant);
  }

  return {
    send(tenant, channel, reply) {
      const ofTenant = runningOf.get(tenant) ?? 0;
      if (running.size >= maxInFlight || ofTenant >= maxOfTenant || signal.aborted) {
        metrics.interactionReplies.inc({ channel, outcome: "dropped" });
        return;
      }
      const work = tell(channel, reply).finally(() => {
        running.delete(work);
        leave(tenant);
      });
      running.add(work);
      runningOf.set(tenant, ofTenant + 1);
    },
    async close() {
      const ended = Promise.all(running);
      await within(ended, closeMs).catch(() => undefined);
      stopping.abort();
      await ended;
    },
  };
}

/** The path of an address that can be replied to is a secret. */
function withoutPath(message: string, address: string): string {
  const url = URL.parse(address);
  return url === null ? message : message.replaceAll(`${url.origin}${url.pathname}`, `${url.origin}/…`);
}
