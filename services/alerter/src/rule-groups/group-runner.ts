import { AppError } from "@sightline/errors/app-error";
import type { GroupState } from "@sightline/rules/evaluate/state";
import type { Logger } from "@sightline/service/logger";
import { createLanes } from "../dispatch/lanes.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { createClockSteps } from "./clock-steps.ts";
import { createTenantEvaluation, type EvaluationRim, type TenantEvaluation } from "./evaluate-once.ts";
import { EVENT_SHARD } from "./group-id.ts";
import type { HeldGroups } from "./held-groups.ts";
import type { GroupKeeping } from "./keep-group.ts";
import { after, followClockStep, type RunningGroup, slotAt } from "./running-group.ts";

export interface GroupRunnerOptions extends EvaluationRim {
  readonly held: HeldGroups;
  readonly keeping: GroupKeeping;
  readonly metrics: AlerterMetrics;
  readonly log: Logger;
  /** A clock that nobody sets, milliseconds. */
  readonly steadyMs: () => number;
  /** Groups that are evaluated at the same time. */
  readonly maxConcurrent: number;
  /** Up to when all events of a tenant have been taken in, milliseconds since the Unix epoch; undefined when that cannot be told. */
  readonly knownUntilMs: (tenant: string) => number | undefined;
}

/** Evaluates the groups that are held here, each at its times. */
export interface GroupRunner {
  /** Begins to evaluate what is due. Resolves when all of that was evaluated. Never rejects. */
  runDue(): Promise<void>;
  /** How long until something is due, milliseconds; at most `maxMs`. */
  untilDueMs(maxMs: number): number;
  /** What the rules of a tenant look at. */
  evaluationOf(tenant: string): TenantEvaluation;
  /** Forgets what is known of tenants of whom nothing is held. */
  forgetOthers(): void;
}

type ReadAhead = ReadonlyMap<string, GroupState> | undefined;

/** How soon a group is tried again that could not be read or written, or whose events are not all there. */
const RETRY_MS = 500;

export function createGroupRunner(options: GroupRunnerOptions): GroupRunner {
  const { held, keeping, clock, steadyMs, metrics, log } = options;
  const { maxConcurrent } = options;
  const lanes = createLanes(maxConcurrent);
  // A tenant whose questions take long leaves room for the others.
  const lanesOfTenants = createLanes(Math.ceil(maxConcurrent / 4));
  const evaluations = new Map<string, TenantEvaluation>();
  const clockStepMs = createClockSteps(options);

  const evaluationOf = (tenant: string): TenantEvaluation => {
    const evaluation = evaluations.get(tenant) ?? createTenantEvaluation(tenant, options);
    evaluations.set(tenant, evaluation);
    return evaluation;
  };

  /** Of rules of events nobody can say that too few came before all of them are there. */
  const knowsEventsUntil = (tenant: string, ms: number): boolean => {
    const knownMs = options.knownUntilMs(tenant);
    return knownMs !== undefined && knownMs >= ms;
  };

  const evaluate = async (group: RunningGroup, atMs: number): Promise<void> => {
    const { known, ending } = group;
    const beganMs = steadyMs();
    group.isChanged = false;
    metrics.ruleGroupDelaySeconds.observe(Math.max(0, clock() - atMs) / 1000);
    const evaluation = evaluationOf(known.id.tenant);
    const evaluated = await evaluation.at(known.plan(), group.state, { atMs, signal: ending.signal });
    countRules(evaluated.state, atMs, metrics);
    metrics.ruleGroupSeconds.observe((steadyMs() - beganMs) / 1000);
    await keeping.keep(group, known, evaluated);
  };

  /** Evaluates a group for the present slot, unless it was: by whoever had it before. */
  const turn = async (group: RunningGroup, ahead: ReadAhead): Promise<void> => {
    followClockStep(group);
    await keeping.ready(group, ahead);
    const slotMs = slotAt(group.known, clock());
    const { lastEvaluatedAtMs: lastMs } = group.state;
    if (lastMs !== undefined && lastMs >= slotMs && !group.isChanged) return;
    const missed = lastMs === undefined ? 0 : Math.round((slotMs - lastMs) / group.known.intervalMs) - 1;
    if (missed > 0) metrics.ruleGroupIterationsMissed.inc(missed);
    await evaluate(group, slotMs);
  };

  const run = async (group: RunningGroup, ahead: ReadAhead): Promise<void> => {
    // It may have gone while it waited for its turn.
    if (!held.has(group)) return;
    const slotMs = slotAt(group.known, clock());
    if (group.known.shard === EVENT_SHARD && !knowsEventsUntil(group.known.id.tenant, slotMs)) {
      held.due.set(group, clock() + RETRY_MS);
      return;
    }
    let isRetried = false;
    try {
      await after([group], () => turn(group, ahead));
    } catch (thrown) {
      const { code, message, retryable } = AppError.from(thrown);
      if (!held.has(group)) return;
      isRetried = retryable;
      metrics.ruleGroupFailures.inc();
      log.warn({ ...group.known.id, code, error: message }, "a group of rules could not be evaluated");
    }
    if (held.has(group)) held.due.set(group, isRetried ? clock() + RETRY_MS : nextDueMs(group, slotMs));
  };

  /** One that took longer than its interval begins anew at once, as in Prometheus. */
  const nextDueMs = ({ known, isChanged }: RunningGroup, doneMs: number): number => {
    const nowMs = clock();
    const slotMs = slotAt(known, nowMs);
    return isChanged || slotMs > doneMs ? nowMs : slotMs + known.intervalMs;
  };

  const followClock = (): void => {
    const stepMs = clockStepMs();
    if (stepMs === 0) return;
    log.warn({ stepMs }, "the clock was set: what lasts goes on having lasted as long");
    for (const group of held.all()) {
      group.clockStepMs += stepMs;
      if (group.slot >= 0) held.due.set(group, clock());
    }
  };

  return {
    evaluationOf,
    forgetOthers() {
      const tenants = new Set([...held.all()].map(({ known }) => known.id.tenant));
      for (const tenant of evaluations.keys()) if (!tenants.has(tenant)) evaluations.delete(tenant);
    },
    async runDue() {
      followClock();
      const nowMs = clock();
      const ready: RunningGroup[] = [];
      for (let first = held.due.first(); first !== undefined && first.dueMs <= nowMs; first = held.due.first()) {
        held.due.remove(first);
        ready.push(first);
      }
      // One by one they are read where that fails.
      const ahead = await keeping.readAhead(ready).catch(() => undefined);
      const inTurn = (group: RunningGroup) =>
        lanesOfTenants.run(group.known.id.tenant, () => lanes.run("all", () => run(group, ahead)));
      await Promise.all(ready.map(inTurn));
    },
    untilDueMs(maxMs) {
      const first = held.due.first();
      return first === undefined ? maxMs : Math.max(0, Math.min(maxMs, first.dueMs - clock()));
    },
  };
}

/** Rules that have the time of this evaluation were evaluated: the others had nobody to ask. */
function countRules({ rules }: GroupState, atMs: number, metrics: AlerterMetrics): void {
  const evaluated = rules.filter(({ lastEvaluatedAtMs }) => lastEvaluatedAtMs === atMs);
  metrics.ruleEvaluations.inc(evaluated.length);
  metrics.ruleEvaluationFailures.inc(evaluated.filter(({ health }) => health === "err").length);
}
