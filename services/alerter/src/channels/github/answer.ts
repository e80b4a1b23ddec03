import { unavailable } from "@sightline/errors/app-error";
import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { later, outcomeOfStatus, parseRetryAfter, refused } from "../outcome.ts";

/** What GitHub wants at least where it says nothing of its secondary limits. */
const secondaryWaitMs = 60_000;

const failed = z.object({ message: z.string() });
const issue = z.object({ number: z.int().positive(), state: z.string().default("open") });
const found = z.object({ items: z.array(issue) });

export type Issue = z.infer<typeof issue>;

/**
 * What GitHub made of a request. 403 and 429 may be limits, which are told by headers or, of the secondary ones, by the
 * message only (docs.github.com, rate limits for the REST API, exceeding the rate limit).
 */
export function answerGithub(answer: HttpAnswer, nowMs: number): Outcome {
  const { status, headers } = answer;
  const { data } = failed.safeParse(jsonOf(answer));
  const said = status < 300 ? "" : (data?.message ?? answer.text);
  const outcome = outcomeOfStatus(answer, { nowMs, said });
  if (status !== 403 && status !== 429) return outcome;
  const retryAfterMs = parseRetryAfter(headers["retry-after"], nowMs);
  if (retryAfterMs !== undefined) return later(outcome.outcome, retryAfterMs, "rate_limited");
  if (headers["x-ratelimit-remaining"] === "0") {
    return later(outcome.outcome, Number(headers["x-ratelimit-reset"]) * 1000 - nowMs, "rate_limited");
  }
  if (status === 429 || /secondary rate limit|abuse detection/i.test(said)) {
    return later(outcome.outcome, secondaryWaitMs, "rate_limited");
  }
  return refused(outcome.outcome, "permission_denied");
}

/** The issue of an answer that is one. */
export function issueOf(answer: HttpAnswer): Issue | undefined {
  return issue.safeParse(jsonOf(answer)).data;
}

/**
 * The first issue of an answer that is a list of found ones. Throws unavailable where it is none: an issue that is not
 * known of might be opened twice.
 */
export function foundIssue(answer: HttpAnswer): Issue | undefined {
  const { data } = found.safeParse(jsonOf(answer));
  if (data === undefined) throw unavailable("cannot find the group's issue: GitHub's answer is not whole");
  return data.items[0];
}

/** Whether an issue is not there any more: deleted or transferred. */
export function isGone({ status }: HttpAnswer): boolean {
  return status === 404 || status === 410;
}
