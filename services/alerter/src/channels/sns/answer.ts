import type { HttpAnswer } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { later, outcomeOfStatus } from "../outcome.ts";

/** Errors are XML with a code; to be throttled may be a 400 (docs.aws.amazon.com, common errors). */
export function answerSns(answer: HttpAnswer, nowMs: number): Outcome {
  const part = (name: string) => answer.text.match(new RegExp(`<${name}>([^<]{1,500})</${name}>`))?.[1] ?? "";
  const code = part("Code");
  const said = code === "" ? answer.text : `${code} ${part("Message")}`;
  const outcome = outcomeOfStatus(answer, { nowMs, said: answer.status < 300 ? part("MessageId") : said });
  const throttled = !outcome.delivered && /^(Throttl|RequestLimitExceeded|ServiceUnavailable)/.test(code);
  return throttled ? later(outcome.outcome, outcome.retryAfterMs, "rate_limited") : outcome;
}
