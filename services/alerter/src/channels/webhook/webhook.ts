import { AppError, invalid } from "@sightline/errors/app-error";
import type { WebhookChannel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { type FetchAnswer, guardedFetch, type OutboundPolicy, parseUrl } from "@sightline/service/outbound";
import type { Notice, Outcome, RetryPolicy } from "../notice.ts";
import { webhookPayload } from "./payload.ts";
import { hidingPath } from "./shown-url.ts";

/** Tried for seven minutes: a receiver that is started anew, or rolled, is away for longer than seconds. */
const defaults = { timeoutMs: 30_000, retryAttempts: 3, retryDelayMs: 60_000 } as const;
const limits = {
  urlBytes: 2048,
  tokenBytes: 4096,
  timeoutMs: 120_000,
  retryAttempts: 10,
  retryDelayMs: 600_000,
} as const;

/** As much is read of an answer; its beginning is kept. */
const maxAnswerBytes = 64 * 1024;
const shownAnswerChars = 200;
/** A receiver that asks for more patience than this is asked again all the same. */
const maxRetryAfterMs = 15 * 60_000;

/** Throws invalid_argument, naming the field, when the channel could not work. */
export function checkWebhook(channel: WebhookChannel): void {
  parseUrl(channel.url);
  wantAtMost("url", Buffer.byteLength(channel.url), limits.urlBytes);
  wantAtMost("bearer_token", Buffer.byteLength(channel.bearerToken), limits.tokenBytes);
  wantAtMost("timeout_ms", channel.timeoutMs, limits.timeoutMs);
  wantAtMost("retry_attempts", channel.retryAttempts, limits.retryAttempts);
  wantAtMost("retry_delay_ms", channel.retryDelayMs, limits.retryDelayMs);
  if (!/^[\x21-\x7e]*$/.test(channel.bearerToken)) {
    throw invalid("cannot keep channel: webhook.bearer_token: got spaces or unprintable characters, want a token");
  }
}

function wantAtMost(field: string, got: number, max: number): void {
  if (got > max) throw invalid(`cannot keep channel: webhook.${field}: got ${got}, want at most ${max}`);
}

export function webhookRetry(channel: WebhookChannel): RetryPolicy {
  return {
    attempts: 1 + (channel.retryAttempts || defaults.retryAttempts),
    delayMs: channel.retryDelayMs || defaults.retryDelayMs,
    timeoutMs: channel.timeoutMs || defaults.timeoutMs,
  };
}

export interface WebhookOptions {
  readonly policy: OutboundPolicy;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/**
 * POSTs the notice once. A 2xx is delivery. 429 and 5xx, no answer and no connection may be tried again; any other
 * answer is the receiver's last word, a redirect too: following one could lead anywhere, with the token. A body that is
 * too long or does not end changes nothing: the status has come, and telling again would tell twice. No outcome holds the
 * URL's path, which is a secret with many receivers. Throws `cancelled` by the signal only.
 */
export async function tellWebhook(channel: WebhookChannel, notice: Notice, options: WebhookOptions): Promise<Outcome> {
  const hide = hidingPath(channel.url, channel.bearerToken);
  try {
    const answer = await guardedFetch(channel.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(channel.bearerToken !== "" && { authorization: `Bearer ${channel.bearerToken}` }),
      },
      body: JSON.stringify(webhookPayload(notice)),
      policy: options.policy,
      timeoutMs: webhookRetry(channel).timeoutMs,
      maxBodyBytes: maxAnswerBytes,
      partialBody: true,
      signal: options.signal,
    });
    return outcomeOf(answer, options.nowMs, hide);
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code === "cancelled" && options.signal.aborted) throw error;
    return { delivered: false, outcome: hide(error.message), retryable: error.retryable };
  }
}

function outcomeOf({ status, headers, body }: FetchAnswer, nowMs: number, hide: (text: string) => string): Outcome {
  // Hidden before it is cut: what is left of a secret could not be found any more.
  const text = hide(body.toString("utf8")).replace(/\s+/g, " ").trim().slice(0, shownAnswerChars);
  const outcome = text === "" ? String(status) : `${status} ${text}`;
  if (status >= 200 && status < 300) return { delivered: true, outcome, retryable: false };
  if (status >= 300 && status < 400) {
    return { delivered: false, outcome: `${status}: redirects are not followed`, retryable: false };
  }
  if (status !== 429 && status < 500) return { delivered: false, outcome, retryable: false };
  const retryAfterMs = parseRetryAfter(headers["retry-after"], nowMs);
  return { delivered: false, outcome, retryable: true, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Retry-After (RFC 9110 section 10.2.3), seconds or a date, as milliseconds from now; bounded. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const afterMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(afterMs) ? undefined : Math.min(Math.max(afterMs, 0), maxRetryAfterMs);
}
