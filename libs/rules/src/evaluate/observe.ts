import { burningSeries, over, timesOf } from "../kinds/burn-rate.ts";
import { changesOf } from "../kinds/change.ts";
import { breachesOf } from "../kinds/checks.ts";
import { combine } from "../kinds/composite.ts";
import { type BurnRateSource, CHECKS, type ChecksSource, type Expression } from "../kinds/source.ts";
import type { Labels } from "../labels.ts";
import { type EventWindow, holdingAt } from "./event-window.ts";
import type { AlertingPlan, EventsPlan } from "./plan.ts";
import type { Queries, Vector, VectorElement } from "./queries.ts";

/** What rules can look at. */
export interface Sources {
  readonly queries: Queries;
  /** The labels of the alerts of a name that fire, in whatever group. */
  readonly firing: (alertName: string) => readonly Labels[];
  readonly signal: AbortSignal;
}

/** What a rule has found at a time. */
export interface Observation {
  /** What fulfils the condition. */
  readonly vector: Vector;
  /** What there are data of; undefined where that has to be asked apart. */
  readonly seen: Vector | undefined;
}

interface At {
  readonly atMs: number;
  readonly windows: readonly EventWindow[];
}

/** Looks at whatever a rule is about. Rejects as `Queries.instant` does. */
export async function observe(plan: AlertingPlan, { atMs, windows }: At, sources: Sources): Promise<Observation> {
  const { source } = plan.rule;
  const ask = (expression: Expression, ms = atMs) =>
    sources.queries.instant({ language: expression.language, text: expression.text, atMs: ms }, sources.signal);
  switch (source.kind) {
    case "query": {
      const vector = await ask(source);
      return { vector, seen: undefined };
    }
    case "events":
    case "anomaly":
      return alwaysSeen(plan.events === undefined ? [] : countEvents(plan.events, windows, atMs));
    case "composite":
      return alwaysSeen(plan.condition === undefined ? [] : combine(plan.condition, source.by, sources.firing));
    case "change": {
      const now = await ask(source.expression);
      const before = await ask(source.expression, atMs - source.offsetMs);
      return { vector: changesOf(source, now, before), seen: now };
    }
    case "burn_rate":
      return observeBurnRate(source, ask);
    case "checks":
      return observeChecks(source, ask);
  }
}

type Ask = (expression: Expression) => Promise<Vector>;

async function observeBurnRate(source: BurnRateSource, ask: Ask): Promise<Observation> {
  const ratios = new Map<number, Vector>();
  for (const ms of timesOf(source)) ratios.set(ms, await ask(over(source.errorRatio, ms)));
  return { vector: burningSeries(source, ratios), seen: [...ratios.values()].flat() };
}

async function observeChecks({ expressions, thresholds }: ChecksSource, ask: Ask): Promise<Observation> {
  const vector: VectorElement[] = [];
  const seen: VectorElement[] = [];
  for (const check of CHECKS) {
    const text = expressions[check];
    if (text === undefined) continue;
    const answer = await ask({ language: "promql", text });
    seen.push(...answer.map(({ labels, value }) => ({ labels: { ...labels, check }, value })));
    vector.push(...breachesOf(check, answer, thresholds[check]));
  }
  return { vector, seen };
}

function countEvents({ limits }: EventsPlan, windows: readonly EventWindow[], atMs: number): Vector {
  return windows.flatMap((window) => {
    const count = holdingAt(window, atMs, limits);
    return count > 0 ? { labels: window.labels, value: count } : [];
  });
}

/** Of events and of other rules it is always known what there is: silence is an answer. */
function alwaysSeen(vector: Vector): Observation {
  return { vector, seen: [{ labels: {}, value: 1 }] };
}
