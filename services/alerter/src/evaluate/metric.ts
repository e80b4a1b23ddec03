import { AppError } from "@sightline/errors/app-error";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type {
  QueryMetricsRequest,
  QueryMetricsResponse,
  Series,
} from "@sightline/proto/sightline/query/v1/query_service";
import type { Alert } from "../alerts/alert.ts";
import { openAlertsOfRule, setAlertValues } from "../alerts/alert-store.ts";
import { fingerprintOf, type Labels } from "../alerts/labels.ts";
import { beginAlert, moveAlert, RULE_ACTOR } from "../alerts/step.ts";
import type { MetricRule } from "../rules/rule.ts";
import { recordEvaluation } from "../rules/rule-store.ts";
import { compare } from "./compare.ts";
import { decide, type Known, type Observation } from "./decide.ts";
import { describeMetric, metricTexts } from "./describe.ts";

/** Where metrics come from. Throws `unavailable` and the like while they cannot be had. */
export interface MetricSource {
  queryMetrics(tenant: string, request: QueryMetricsRequest, signal: AbortSignal): Promise<QueryMetricsResponse>;
}

export interface MetricEvaluatorOptions {
  readonly sql: Pool;
  readonly source: MetricSource;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Resolves to how many alerts it moved. Throws when Postgres fails; a failing source only leaves all as it is. */
export type EvaluateMetricRule = (rule: MetricRule, signal: AbortSignal) => Promise<number>;

/** Three points, of which the newest counts; more than one in case the last is not there yet. */
const stepSeconds = 5;
const rangeMs = 15_000;
/** Also what one rule can have open at a time. */
const maxSeries = 1000;

/** Evaluates metric rules: one query, a decision for each series, and all that follows in one transaction. */
export function createMetricEvaluator(options: MetricEvaluatorOptions): EvaluateMetricRule {
  const { sql, source, clock } = options;
  return async (rule, signal) => {
    const atMs = clock();
    const about = { tenant: rule.tenant, ruleIds: [rule.ruleId], atMs };
    let answer: QueryMetricsResponse;
    try {
      answer = await source.queryMetrics(rule.tenant, newestOf(rule.query, atMs), signal);
    } catch (thrown) {
      await recordEvaluation(sql, { ...about, error: AppError.from(thrown).message });
      return 0;
    }
    const moved = await sql.transaction((tx) => applyAnswer(tx, rule, answer, { ...options, atMs }));
    // By itself: two evaluators whose alerts both hold the rule would wait for each other to write to it.
    await recordEvaluation(sql, { ...about, error: tooMany(answer) });
    return moved;
  };
}

function newestOf(query: QueryMetricsRequest, nowMs: number): QueryMetricsRequest {
  const range = { startUnixNano: nanosOfMs(nowMs - rangeMs), endUnixNano: nanosOfMs(nowMs + 1) };
  return { ...query, range, stepSeconds, limit: maxSeries };
}

function tooMany({ series, totalSeries }: QueryMetricsResponse): string {
  if (totalSeries <= series.length) return "";
  return `cannot look at all series: got ${totalSeries}, want at most ${maxSeries}; narrow the matchers or aggregate`;
}

interface Seen {
  readonly labels: Labels;
  readonly value: number;
}

interface ApplyOptions extends MetricEvaluatorOptions {
  readonly atMs: number;
}

async function applyAnswer(
  tx: Sql,
  rule: MetricRule,
  answer: QueryMetricsResponse,
  options: ApplyOptions,
): Promise<number> {
  const seen = new Map(answer.series.flatMap((series) => seenOf(rule, series)));
  const open = new Map(
    (await openAlertsOfRule(tx, rule.tenant, rule.ruleId)).map((alert) => [alert.fingerprint, alert]),
  );
  const isWhole = tooMany(answer) === "";
  const values = new Map<string, number>();
  let moved = 0;
  for (const fingerprint of new Set([...seen.keys(), ...open.keys()])) {
    const alert = open.get(fingerprint);
    const found = seen.get(fingerprint);
    const decision = decide(knownOf(alert), observe(rule, found, isWhole), { nowMs: options.atMs, forMs: rule.forMs });
    if (decision.move === undefined) {
      if (alert !== undefined && found !== undefined) values.set(alert.alertId, found.value);
      continue;
    }
    const step = stepOf(rule, decision, { found, alert, atMs: options.atMs });
    const result =
      alert === undefined
        ? await beginAlert(tx, { ...draftOf(rule, fingerprint, found), alertId: options.newId() }, step)
        : await moveAlert(tx, alert, step);
    if (result !== undefined) moved++;
  }
  await setAlertValues(tx, rule.tenant, values);
  return moved;
}

function seenOf(rule: MetricRule, { labels, values }: Series): [string, Seen][] {
  const value = values.at(-1);
  return value === undefined ? [] : [[fingerprintOf(rule.ruleId, labels), { labels, value }]];
}

function knownOf(alert: Alert | undefined): Known | undefined {
  if (alert === undefined || alert.state === "resolved") return undefined;
  return { state: alert.state, sinceMs: (alert.pendingSince ?? alert.firedAt)?.getTime() ?? 0 };
}

/** A series that is missing from an answer that was cut off may well be there. */
function observe(rule: MetricRule, found: Seen | undefined, isWhole: boolean): Observation {
  if (found === undefined) return isWhole ? { kind: "ended", reason: "series_gone" } : { kind: "unknown" };
  if (compare(found.value, rule.comparison, rule.threshold)) return { kind: "holds" };
  return { kind: "ended", reason: "condition_ended" };
}

function draftOf(rule: MetricRule, fingerprint: string, found: Seen | undefined) {
  const { tenant, ruleId, name, severity } = rule;
  const texts = metricTexts(rule, found ?? { labels: {}, value: Number.NaN });
  return { tenant, ruleId, ruleName: name, fingerprint, severity, ...texts };
}

interface Facts {
  readonly found: Seen | undefined;
  readonly alert: Alert | undefined;
  readonly atMs: number;
}

function stepOf(
  rule: MetricRule,
  { move, reason }: { readonly move: "pending" | "firing" | "resolved"; readonly reason: string },
  { found, alert, atMs }: Facts,
) {
  const value = found?.value ?? alert?.value ?? Number.NaN;
  const texts = move === "firing" && found !== undefined ? metricTexts(rule, found) : undefined;
  return {
    to: move,
    reason,
    actor: RULE_ACTOR,
    note: found === undefined ? "the series has no recent sample" : describeMetric(rule, value),
    value,
    atMs,
    channels: rule.channels,
    ...(texts !== undefined && { summary: texts.summary, annotations: texts.annotations }),
  };
}
