import { invalid } from "@sightline/errors/app-error";
import { type Answer, refusalOf, textAnswer } from "../../http/answer.ts";
import type { Refused } from "../../receive/receive-otlp.ts";

/**
 * 202, as Jaeger's collector answers; its protocol has no word for a part. Clients do not read the text that says what
 * was refused, people do. When nothing at all could be taken it is 400.
 */
export function batchAnswer(spans: number, refused: Refused): Answer {
  if (refused.records === 0) return { status: 202 };
  const said = `${refused.records} of ${spans} spans were refused: ${refused.message}`;
  if (refused.records >= spans) return textAnswer(refusalOf(invalid(said)));
  return { status: 202, content: { type: "text/plain; charset=utf-8", body: `${said}\n` } };
}
