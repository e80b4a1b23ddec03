import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { delivered, later, outcomeOfStatus, refused } from "../outcome.ts";

/** What the Web API answers, with status 200 also where it refuses. */
const webApiAnswer = z.object({
  ok: z.boolean(),
  error: z.string().default(""),
  channel: z.string().optional(),
  ts: z.string().optional(),
});

/** Errors of the Web API that are Slack's own and pass (docs.slack.dev, chat.postMessage, errors). */
const passing: ReadonlySet<string> = new Set([
  "ratelimited",
  "rate_limited",
  "message_limit_exceeded",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

/** Errors of chat.update that say that the message is not there to be changed. */
const gone: ReadonlySet<string> = new Set([
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
  "channel_not_found",
  "is_archived",
]);

/** What Slack made of a message. */
export interface SlackAnswer {
  readonly outcome: Outcome;
  /** The message that was to be changed cannot be any more. */
  readonly gone: boolean;
}

/** A webhook answers `ok` as text, or says what is wrong; the Web API answers JSON. */
export function answerSlack(answer: HttpAnswer, nowMs: number): SlackAnswer {
  const { status, headers, text } = answer;
  const json = (headers["content-type"] ?? "").startsWith("application/json");
  const parsed = json ? webApiAnswer.safeParse(jsonOf(answer)) : undefined;
  if (status < 200 || status >= 300) {
    const said = parsed?.data?.error || text;
    return { outcome: outcomeOfStatus(answer, { nowMs, said }), gone: false };
  }
  // Nothing more came in time: the status says that the message was taken.
  if (!json) return { outcome: text === "ok" || text === "" ? delivered(`${status} ok`) : refused(text), gone: false };
  if (parsed?.data === undefined) return { outcome: later("an answer of Slack's Web API that is none"), gone: false };
  const { ok, error, channel, ts } = parsed.data;
  if (!ok) {
    const outcome = passing.has(error) ? later(error, undefined, "rate_limited") : refused(error);
    return { outcome, gone: gone.has(error) };
  }
  const receiverData = channel !== undefined && ts !== undefined ? { channel, ts } : undefined;
  return { outcome: delivered(`${status} ok`, receiverData), gone: false };
}
