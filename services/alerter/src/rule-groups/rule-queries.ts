import type { Question, Vector } from "@sightline/rules/evaluate/queries";

/** Who answers the expressions of rules, of all tenants. Called at the same time for rules of different groups. */
export interface RuleQueries {
  /**
   * The vector of a tenant at a time. Rejects with an AppError: `unavailable` when nobody can be asked, which holds all alerts as they are;
   * `cancelled` when the signal aborts; anything else when this expression has no answer.
   */
  instant(tenant: string, question: Question, signal: AbortSignal): Promise<Vector>;
}
