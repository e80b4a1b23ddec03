import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { delivered, later, outcomeOfStatus, refused } from "../outcome.ts";

const answered = z.object({ errcode: z.int(), errmsg: z.string().default("") });
const withToken = z.object({ access_token: z.string().min(1) });

/** Busy, a token that ran out, too many calls (developer.work.weixin.qq.com, global error codes). */
const passing: ReadonlySet<number> = new Set([-1, 40_014, 42_001, 45_009, 45_033]);

/** WeChat answers 200 also where it refuses, with a code. */
export function answerWechat(answer: HttpAnswer, nowMs: number): Outcome {
  if (answer.status !== 200) return outcomeOfStatus(answer, { nowMs });
  // Nothing more came in time: the status says that the message was taken.
  if (answer.text === "") return delivered("200");
  const { data } = answered.safeParse(jsonOf(answer));
  if (data === undefined) return later("an answer of WeChat that is none");
  if (data.errcode === 0) return delivered(`${answer.status} ${data.errmsg}`);
  const said = `${data.errcode} ${data.errmsg}`;
  return passing.has(data.errcode) ? later(said) : refused(said);
}

/** The token of an answer that has one. */
export function tokenOf(answer: HttpAnswer): string | undefined {
  return withToken.safeParse(jsonOf(answer)).data?.access_token;
}
