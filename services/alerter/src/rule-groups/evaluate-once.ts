import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import type { ExpandTemplate } from "@sightline/rules/evaluate/alert-texts";
import { evaluateGroup, type GroupEvaluation } from "@sightline/rules/evaluate/evaluate-group";
import type { Sources } from "@sightline/rules/evaluate/observe";
import { type ObservedEvents, observeEvents, type TimedEvent } from "@sightline/rules/evaluate/observe-events";
import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import type { Queries, Vector } from "@sightline/rules/evaluate/queries";
import type { Ends } from "@sightline/rules/evaluate/recent-ends";
import type { GroupState } from "@sightline/rules/evaluate/state";
import type { SampleSink } from "@sightline/rules/evaluate/written-samples";
import { createExpandTemplate } from "@sightline/rules/template/alert-template";
import { storableLabels } from "./alert-transition.ts";
import { askAhead } from "./ask-ahead.ts";
import { firingFor } from "./firing-alerts.ts";
import { createQueryBudget } from "./query-budget.ts";
import type { RuleQueries } from "./rule-queries.ts";

export interface EvaluationRim {
  readonly sql: Sql;
  readonly queries: RuleQueries;
  /** Who takes what a tenant's rules record, without keeping them waiting; nothing is recorded without. */
  readonly sinkOf?: (tenant: string) => SampleSink;
  readonly clock: Clock;
  readonly externalUrl: string;
}

/** What queries of the texts of rules of events may take: two seconds at a stretch, a tenth of all time. */
const EVENT_QUERIES = { maxMs: 2000, share: 0.1 };

/** Evaluates groups of one tenant. */
export interface TenantEvaluation {
  /** As `evaluateGroup` does at a time. Rejects when it is cancelled, or Postgres is away and other rules' alerts have to be known. */
  at(
    plan: GroupPlan,
    state: GroupState,
    when: { readonly atMs: number; readonly signal: AbortSignal },
  ): Promise<GroupEvaluation>;
  /** As `observeEvents` does. */
  events(plan: GroupPlan, state: GroupState, seen: SeenEvents): Promise<ObservedEvents>;
}

/** Events, and what is known of those that came before. */
export interface SeenEvents {
  readonly events: readonly TimedEvent[];
  readonly ends: Ends;
  readonly maxLateMs: number;
  readonly signal: AbortSignal;
}

/** Has what the rules of a tenant look at. */
export function createTenantEvaluation(tenant: string, rim: EvaluationRim): TenantEvaluation {
  const { sql, queries, sinkOf, clock, externalUrl } = rim;
  const { signal: never } = new AbortController();
  const ask = (text: string, atMs: number, signal: AbortSignal) =>
    queries.instant(tenant, { language: "promql", text, atMs }, signal);
  const expandBy = (query: (text: string, atMs: number) => Promise<Vector>): ExpandTemplate =>
    createExpandTemplate({ externalLabels: {}, externalUrl, query });
  // Asking has a deadline of its own.
  const expand = expandBy((text, atMs) => ask(text, atMs, never));
  // Behind an event wait the others of its tenant: its texts have what their queries answer soon.
  const steadyMs = () => performance.now();
  const expandSoon = expandBy(createQueryBudget({ ask, ...EVENT_QUERIES, steadyMs }));
  const sourcesOf = async (plan: GroupPlan, asked: Queries, signal: AbortSignal): Promise<Sources> => ({
    queries: { instant: async (question, aborted) => storableVector(await asked.instant(question, aborted)) },
    firing: await firingFor(sql, tenant, plan),
    signal,
  });
  const oneByOne: Queries = { instant: (question, signal) => queries.instant(tenant, question, signal) };
  const sink = sinkOf?.(tenant);
  return {
    async at(plan, state, { atMs, signal }) {
      const ahead = await askAhead({ queries, tenant, plan, atMs, signal });
      const sources = await sourcesOf(plan, ahead, signal);
      const optional = { ...(sink !== undefined && { sink }), ...(waitsForLateData(plan) && { watermarkMs: 0 }) };
      return evaluateGroup(plan, state, { atMs, clock, sources, expand, ...optional });
    },
    async events(plan, state, { events, signal, ...known }) {
      const sources = await sourcesOf(plan, oneByOne, signal);
      return observeEvents(plan, state, events, { nowMs: clock(), sources, expand: expandSoon, ...known });
    },
  };
}

/** Nobody can tell when all data have come: what a rule waits for is its own `late`. */
function waitsForLateData({ rules }: GroupPlan): boolean {
  return rules.some((plan) => plan.kind === "alerting" && plan.events === undefined && plan.rule.lateMs > 0);
}

/** What is kept of an answer has to be a text to Postgres. */
function storableVector(vector: Vector): Vector {
  return vector.map((element) => {
    const labels = storableLabels(element.labels);
    return labels === element.labels ? element : { ...element, labels };
  });
}
