import type { HttpAnswer } from "./http.ts";
import type { FailureReason, Outcome, ReceiverData } from "./integration.ts";

/** A receiver that asks for more patience than this is asked again all the same. */
const maxRetryAfterMs = 15 * 60_000;

/** It was told. */
export function delivered(outcome: string, receiverData?: ReceiverData): Outcome {
  return { delivered: true, outcome, retryable: false, ...(receiverData !== undefined && { receiverData }) };
}

/** It was not told, and telling it the same again will not help. */
export function refused(outcome: string, failure: FailureReason = "answer"): Outcome {
  return { delivered: false, outcome, retryable: false, failure };
}

/** It was not told, but may be later. */
export function later(outcome: string, retryAfterMs?: number, failure: FailureReason = "answer"): Outcome {
  const known = retryAfterMs !== undefined && Number.isFinite(retryAfterMs);
  const bounded = known ? Math.min(Math.max(Math.ceil(retryAfterMs), 0), maxRetryAfterMs) : undefined;
  return {
    delivered: false,
    outcome,
    retryable: true,
    failure,
    ...(bounded !== undefined && { retryAfterMs: bounded }),
  };
}

/** What a channel's own words for its answers say beyond the status. */
export interface StatusRules {
  /** Wall clock for a Retry-After that is a date. */
  readonly nowMs: number;
  /** What of the answer people should see. Default: all of it; only a line is kept in the end. */
  readonly said?: string;
  /** Further statuses that may be tried again. */
  readonly retryStatuses?: readonly number[];
  readonly receiverData?: ReceiverData;
}

/**
 * The meaning of a status where the channel has no other: 2xx is delivery, 429 and 5xx may be tried again, anything else
 * is the receiver's last word (as Alertmanager's Retrier in notify/util.go, which does not know 429 everywhere). Also a
 * redirect is: following one could lead anywhere, with the secrets.
 */
export function outcomeOfStatus({ status, headers, text }: HttpAnswer, rules: StatusRules): Outcome {
  const outcome = `${status} ${rules.said ?? text}`.trim();
  if (status >= 200 && status < 300) return delivered(outcome, rules.receiverData);
  if (status >= 300 && status < 400) return refused(`${status}: redirects are not followed`);
  const again = status === 429 || status >= 500 || rules.retryStatuses?.includes(status);
  if (!again) return refused(outcome, status === 401 || status === 403 ? "unauthenticated" : "answer");
  const failure = status === 429 ? "rate_limited" : "answer";
  return later(outcome, parseRetryAfter(headers["retry-after"], rules.nowMs), failure);
}

/** Retry-After (RFC 9110 section 10.2.3), seconds or a date, as milliseconds from now. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const afterMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(afterMs) ? undefined : Math.max(afterMs, 0);
}
