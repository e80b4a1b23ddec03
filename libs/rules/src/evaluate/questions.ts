import { observe } from "./observe.ts";
import type { GroupPlan, RulePlan } from "./plan.ts";
import type { Queries, Question } from "./queries.ts";

/**
 * What the rules of a group ask when they are evaluated, as far as that is known before the first of them is: for those who would rather be
 * asked everything at once than one question after the other. Found by evaluating the rules where there is nothing. Questions that may be about
 * what rules before theirs record are not among them.
 *
 * @param atMs the time that is evaluated; milliseconds since the Unix epoch
 */
export async function questionsOf({ rules, queryOffsetMs }: GroupPlan, atMs: number): Promise<readonly Question[]> {
  const questions: Question[] = [];
  const recorded = new Set<string>();
  for (const rule of rules) {
    const asked = await questionsOfRule(rule, atMs - queryOffsetMs);
    questions.push(...asked.filter(({ text }) => !mayUse(text, recorded)));
    // What it writes of its alerts is ALERTS and ALERTS_FOR_STATE.
    recorded.add(rule.kind === "recording" ? rule.rule.name : "ALERTS");
  }
  return questions;
}

async function questionsOfRule(rule: RulePlan, atMs: number): Promise<readonly Question[]> {
  if (rule.kind === "recording") return [{ ...rule.rule.expression, atMs }];
  const asked: Question[] = [];
  const queries: Queries = {
    async instant(question) {
      asked.push(question);
      return [];
    },
  };
  const sources = { queries, firing: () => [], signal: new AbortController().signal };
  await observe(rule, { atMs, windows: [] }, sources);
  return asked;
}

/** A pattern may be one of such names. */
function mayUse(text: string, names: ReadonlySet<string>): boolean {
  return text.includes("__name__") || [...names].some((name) => text.includes(name));
}
