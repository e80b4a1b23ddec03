import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import type { Queries, Question, Vector } from "@sightline/rules/evaluate/queries";
import { questionsOf } from "@sightline/rules/evaluate/questions";
import type { RuleQueries } from "./rule-queries.ts";

export interface AheadOptions {
  readonly queries: RuleQueries;
  readonly tenant: string;
  readonly plan: GroupPlan;
  /** The time that is evaluated. */
  readonly atMs: number;
  /** Of the evaluation. */
  readonly signal: AbortSignal;
}

/**
 * The queries of one evaluation of a group, whose expressions of PromQL are all asked for at once: its rules are evaluated one after the
 * other, and would wait for storage as often. Those that need what rules before them record are asked when it is their turn.
 */
export async function askAhead({ queries, tenant, plan, atMs, signal }: AheadOptions): Promise<Queries> {
  const asked = new Map<string, Promise<Vector>>();
  for (const question of await questionsOf(plan, atMs)) {
    if (question.language !== "promql" || asked.has(keyOf(question))) continue;
    const answer = queries.instant(tenant, question, signal);
    // Whoever waits for it hears of its failure; where the evaluation ends before, nobody does.
    answer.catch(() => undefined);
    asked.set(keyOf(question), answer);
  }
  return {
    instant: (question, questionSignal) =>
      asked.get(keyOf(question)) ?? queries.instant(tenant, question, questionSignal),
  };
}

function keyOf({ language, text, atMs }: Question): string {
  return `${language} ${atMs} ${text}`;
}
