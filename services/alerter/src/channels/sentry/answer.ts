import type { HttpAnswer } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { later, outcomeOfStatus, parseRetryAfter } from "../outcome.ts";

/** What Sentry wants where it says nothing (develop.sentry.dev, sdk/expected-features/rate-limiting). */
const defaultWaitMs = 60_000;

/** 200 is delivery; with 429 the header for rate limits counts before Retry-After. */
export function answerSentry(answer: HttpAnswer, nowMs: number): Outcome {
  const outcome = outcomeOfStatus(answer, { nowMs });
  if (answer.status !== 429) return outcome;
  const limited = rateLimitMs(answer.headers["x-sentry-rate-limits"]);
  const waitMs = limited ?? parseRetryAfter(answer.headers["retry-after"], nowMs) ?? defaultWaitMs;
  return later(outcome.outcome, waitMs, "rate_limited");
}

/** The longest of the limits `seconds:categories:scope…` that are for errors; no category is for all. */
export function rateLimitMs(header: string | string[] | undefined): number | undefined {
  const waits = [header ?? []]
    .flat()
    .flatMap((value) => value.split(","))
    .map((limit) => limit.trim().split(":"))
    .filter(([, categories = ""]) => categories === "" || categories.split(";").some((of) => of === "error"))
    .map(([seconds]) => Number(seconds) * 1000)
    .filter((ms) => ms > 0);
  return waits.length === 0 ? undefined : Math.max(...waits);
}
