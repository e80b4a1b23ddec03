import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import type { AlerterMetrics } from "../metrics.ts";
import { seedDefaultRules } from "../rules/default-rules.ts";
import type { Rule } from "../rules/rule.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import type { EventEvaluator } from "./events.ts";
import { limited } from "./limited.ts";
import type { EvaluateMetricRule } from "./metric.ts";
import { endOrphans } from "./orphans.ts";

export interface RoundOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly book: RuleBook;
  readonly evaluateMetric: EvaluateMetricRule;
  readonly events: EventEvaluator;
  /** Up to when all events of a tenant have been taken in, milliseconds since the Unix epoch; undefined when that cannot be told. */
  readonly knownUntilMs: (tenant: string) => number | undefined;
  /** Metric rules that are evaluated at the same time. */
  readonly maxConcurrent: number;
  /** What one metric rule may take. */
  readonly deadlineMs: number;
  /** Called after alerts were moved. */
  readonly onMoved: () => void;
}

/**
 * One round of evaluation: new tenants get their rules, and every rule is evaluated. A rule that
 * fails is logged and counted and does not stop the others; without Postgres the whole round fails.
 */
export async function evaluateRound(options: RoundOptions, signal: AbortSignal): Promise<void> {
  const { sql, clock, book, log } = options;
  const seeded = await seedDefaultRules(sql, { nowMs: clock(), newId: options.newId });
  if (seeded.length > 0) log.info({ tenants: seeded }, "default rules given");
  await book.refresh();
  let moved = await endOrphans(sql, clock());
  const evaluateOne = async (rule: Rule) => {
    if (signal.aborted) return;
    moved += await evaluateRule(rule, options, signal);
  };
  await limited([...book.metricRules(), ...book.eventRules()], options.maxConcurrent, evaluateOne);
  if (moved > 0) options.onMoved();
}

async function evaluateRule(rule: Rule, options: RoundOptions, signal: AbortSignal): Promise<number> {
  const { metrics, log, events, evaluateMetric } = options;
  const startedAt = performance.now();
  try {
    if (rule.kind === "event") return await events.passWindows(rule, options.knownUntilMs(rule.tenant));
    return await evaluateMetric(rule, AbortSignal.any([signal, AbortSignal.timeout(options.deadlineMs)]));
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    metrics.evaluationFailures.inc({ kind: rule.kind });
    log.warn({ tenant: rule.tenant, rule: rule.name, code, error: message }, "a rule could not be evaluated");
    return 0;
  } finally {
    metrics.evaluationSeconds.observe({ kind: rule.kind }, (performance.now() - startedAt) / 1000);
  }
}
