import { AppError } from "@sightline/errors/app-error";
import { activesOf } from "./alert-texts.ts";
import type { Decision } from "./decision.ts";
import { conditionOptions, decisionOf, type EvaluationContext } from "./evaluate-alerting.ts";
import { type Active, type Instance, isActive } from "./instance.ts";
import { observe } from "./observe.ts";
import type { AlertingPlan } from "./plan.ts";
import type { LateState } from "./state.ts";
import { type Change, step } from "./step.ts";

export interface Settling {
  readonly context: EvaluationContext;
  /** Up to when all data have come. */
  readonly watermarkMs: number;
  /** What the present evaluation has found, and made of it. */
  readonly found: readonly Active[];
  readonly instances: readonly Instance[];
}

export interface Settled {
  readonly instances: readonly Instance[];
  readonly late: LateState;
  readonly records: readonly Decision[];
}

/** How many times are looked at again in one evaluation: after a long outage the rest follows with the next ones. */
const maxTimesAtOnce = 20;

/** How many times wait; beyond that the oldest are taken as they are. */
const maxOpenTimes = 2_000;

/**
 * Evaluates again the times of which data have come since (and those that are older than the rule waits, with what there is). Beside the alerts of the
 * present the same alerts are followed over complete data, behind it. Where those fire and these never did, they fire now, and it is said for
 * which time; where these fired and those show that it never held, they are taken back.
 */
export async function settle(plan: AlertingPlan, late: LateState | undefined, settling: Settling): Promise<Settled> {
  const { context, watermarkMs } = settling;
  const { atMs, nowMs } = context;
  const openTimesMs = [...(late?.openTimesMs ?? []), atMs].slice(-maxOpenTimes);
  const isComplete = (ms: number) => ms - context.queryOffsetMs <= watermarkMs || ms <= nowMs - plan.rule.lateMs;
  const ready = openTimesMs.filter(isComplete).slice(0, maxTimesAtOnce);
  const past = await replay(plan, late?.instances ?? [], { ...settling, times: ready });
  const records: Decision[] = [];
  let instances = settling.instances;
  for (const found of past.fired) instances = fireLate(instances, found, { plan, past, context, records });
  const lastMs = past.doneMs;
  if (lastMs !== undefined) instances = takeBack(instances, { plan, past, context, records, lastMs });
  return {
    instances,
    late: { instances: past.instances, openTimesMs: openTimesMs.filter((ms) => lastMs === undefined || ms > lastMs) },
    records,
  };
}

interface Past {
  /** The alerts at the last complete time. */
  readonly instances: readonly Instance[];
  readonly fired: readonly Change[];
  /** The last time that could be looked at. */
  readonly doneMs: number | undefined;
}

async function replay(
  plan: AlertingPlan,
  before: readonly Instance[],
  { context, found, times }: Settling & { readonly times: readonly number[] },
): Promise<Past> {
  const fired: Change[] = [];
  let instances = before;
  let doneMs: number | undefined;
  for (const ms of times) {
    const actives = ms === context.atMs ? found : await foundAt(plan, ms, context);
    // Nobody can be asked now: the time stays open.
    if (actives === undefined) break;
    const next = step(instances, actives, conditionOptions(plan, { atMs: ms }));
    instances = next.instances;
    fired.push(...next.changes.filter(({ to }) => to === "firing"));
    doneMs = ms;
  }
  return { instances, fired, doneMs };
}

async function foundAt(
  plan: AlertingPlan,
  atMs: number,
  context: EvaluationContext,
): Promise<readonly Active[] | undefined> {
  const { sources, expand, queryOffsetMs } = context;
  try {
    const { vector } = await observe(plan, { atMs: atMs - queryOffsetMs, windows: [] }, sources);
    return await activesOf(plan, vector, { atMs, expand });
  } catch (thrown) {
    if (sources.signal.aborted) throw AppError.from(thrown);
    return undefined;
  }
}

interface Correction {
  readonly plan: AlertingPlan;
  readonly past: Past;
  readonly context: EvaluationContext;
  readonly records: Decision[];
}

function fireLate(
  instances: readonly Instance[],
  { after }: Change,
  { plan, past, context, records }: Correction,
): readonly Instance[] {
  const firedAtMs = after.firedAtMs ?? context.atMs;
  const present = instances.find(({ key, kind }) => key === after.key && kind === "condition");
  const wasKnown = present?.state === "firing" || (present?.resolvedAtMs ?? Number.NEGATIVE_INFINITY) >= firedAtMs;
  if (wasKnown || firedAtMs === context.atMs) return instances;
  const told = { group: context.group, atMs: firedAtMs, nowMs: context.nowMs, isProvisional: false };
  const from = present?.state ?? "inactive";
  const fired: Instance = { ...after, state: "firing", detectedAtMs: context.nowMs };
  records.push(decisionOf(plan, fired, { from, to: "firing", reason: "fired_late", context: told }));
  const last = past.instances.find(({ key }) => key === after.key);
  const isOver = last === undefined || !isActive(last);
  const overAtMs = last?.resolvedAtMs ?? context.atMs;
  if (isOver) {
    const ended = { ...told, atMs: overAtMs };
    records.push(
      decisionOf(plan, fired, { from: "firing", to: "inactive", reason: "condition_ended", context: ended }),
    );
  }
  const now: Instance = isOver ? { ...fired, state: "inactive", resolvedAtMs: overAtMs } : fired;
  return [...instances.filter((instance) => instance !== present), now];
}

function takeBack(
  instances: readonly Instance[],
  { plan, past, context, records, lastMs }: Correction & { readonly lastMs: number },
): readonly Instance[] {
  const holding = new Set(past.instances.filter(isActive).map(({ key }) => key));
  const happened = new Set(past.fired.map(({ after }) => after.key));
  return instances.map((instance) => {
    const { isProvisional, ...kept } = instance;
    if (isProvisional === undefined || instance.kind !== "condition") return instance;
    if ((instance.firedAtMs ?? instance.activeAtMs) > lastMs) return instance;
    if (instance.state !== "firing" || holding.has(instance.key) || happened.has(instance.key)) return kept;
    records.push(decisionOf(plan, instance, { from: "firing", to: "inactive", reason: "retracted", context }));
    return { ...kept, state: "inactive", resolvedAtMs: context.nowMs };
  });
}
