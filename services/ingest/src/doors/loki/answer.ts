import { invalid } from "@sightline/errors/app-error";
import { type Answer, refusalOf, textAnswer } from "../../http/answer.ts";
import type { LogsOutcome } from "../../receive/receive-logs.ts";

/**
 * 204 when all was taken; else, as Loki does, 400 with the first refusal, although the other entries were taken. Throws
 * `invalid_argument` when none was.
 */
export function pushAnswer({ accepted, refused, told }: LogsOutcome): Answer {
  if (refused === 0) return { status: 204 };
  const [first] = told;
  const error = invalid(
    `cannot take ${refused} of ${accepted + refused} entries, the first of them entry ${first?.place}: ${first?.reason}`,
  );
  if (accepted === 0) throw error;
  return textAnswer(refusalOf(error));
}
