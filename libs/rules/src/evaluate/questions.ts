import { observe } from "./observe.ts";
import type { GroupPlan } from "./plan.ts";
import type { Queries, Question } from "./queries.ts";

/**
 * What the rules of a group ask when they are evaluated, as far as it is known before the first answer: for those who would rather be asked
 * everything at once than one question after the other. Found by evaluating them where there is nothing.
 *
 * @param atMs the time that is evaluated; milliseconds since the Unix epoch
 */
export async function questionsOf({ rules, queryOffsetMs }: GroupPlan, atMs: number): Promise<readonly Question[]> {
  const asked: Question[] = [];
  const queries: Queries = {
    async instant(question) {
      asked.push(question);
      return [];
    },
  };
  const sources = { queries, firing: () => [], signal: new AbortController().signal };
  const askedMs = atMs - queryOffsetMs;
  for (const rule of rules) {
    if (rule.kind === "recording") asked.push({ ...rule.rule.expression, atMs: askedMs });
    else await observe(rule, { atMs: askedMs, windows: [] }, sources);
  }
  return asked;
}
