import type { ServerHttp2Session } from "node:http2";

export interface SessionKeeping {
  /** After this the client is asked to connect anew. */
  readonly maxAgeMs: number;
  readonly pingIntervalMs?: number;
}

/** What calls under way get to finish on a connection that has become old. */
const AGE_GRACE_MS = 30_000;
const PING_INTERVAL_MS = 30_000;
/** A ping unanswered for so long means that nobody is there any more. */
const PING_TIMEOUT_MS = 10_000;

/** Pings a connection so that dead ones are noticed, and ends it when it has become old. */
export function keepSession(session: ServerHttp2Session, options: SessionKeeping): void {
  const { maxAgeMs, pingIntervalMs = PING_INTERVAL_MS } = options;
  let unanswered: NodeJS.Timeout | undefined;
  const pings = setInterval(() => {
    // One that is destroyed closes only when its client has; until then a ping throws.
    if (session.destroyed || unanswered !== undefined) return;
    unanswered = setTimeout(() => session.destroy(), PING_TIMEOUT_MS);
    session.ping((error) => {
      clearTimeout(unanswered);
      unanswered = undefined;
      if (error !== null) session.destroy();
    });
  }, pingIntervalMs);
  let grace: NodeJS.Timeout | undefined;
  const age = setTimeout(() => {
    session.close();
    grace = setTimeout(() => session.destroy(), AGE_GRACE_MS);
  }, maxAgeMs);
  session.once("close", () => {
    clearInterval(pings);
    for (const timer of [unanswered, age, grace]) clearTimeout(timer);
  });
}
