import { AppError } from "@sightline/errors/app-error";
import { formatGoDuration } from "@sightline/gotext/duration";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import type { Labels as SeriesLabels } from "@sightline/query/promql/labels";
import { evaluateGroup } from "../evaluate/evaluate-group.ts";
import type { Instance } from "../evaluate/instance.ts";
import type { Sources } from "../evaluate/observe.ts";
import { observeEvents } from "../evaluate/observe-events.ts";
import { type GroupPlan, planGroup } from "../evaluate/plan.ts";
import { emptyGroupState, type GroupState } from "../evaluate/state.ts";
import type { RuleGroup } from "../file/rule-file.ts";
import { seriesLabels } from "../labels.ts";
import { createExpandTemplate } from "../template/alert-template.ts";
import type { ExpectedAlert, UnitTest } from "./unit-test-file.ts";
import { createUnitTestStore } from "./unit-test-store.ts";

/** One test with its rules, as time goes on. Times are milliseconds since the start of the test. */
export interface TestRun {
  /** Evaluates all groups; answers which rules failed. */
  evaluate(sinceMs: number): Promise<readonly string[]>;
  /** The alerts of a name that fire now. */
  firing(alertName: string): readonly ExpectedAlert[];
  ask(
    expression: string,
    sinceMs: number,
  ): Promise<readonly { readonly labels: SeriesLabels; readonly value: number | Histogram }[]>;
}

export interface TestRunOptions {
  readonly groups: readonly RuleGroup[];
  readonly evaluationIntervalMs: number;
  readonly signal: AbortSignal;
}

interface RunningGroup {
  readonly plan: GroupPlan;
  state: GroupState;
}

/** Throws invalid_argument when a series of the test cannot be read. */
export function createTestRun(test: UnitTest, { groups, evaluationIntervalMs, signal }: TestRunOptions): TestRun {
  const store = createUnitTestStore(test, evaluationIntervalMs);
  const running: readonly RunningGroup[] = groups.map((group) => ({ plan: planGroup(group), state: emptyGroupState }));
  const { externalLabels, externalUrl } = test;
  const query = (text: string, atMs: number) => store.instant({ language: "promql", text, atMs }, signal);
  const expand = createExpandTemplate({ externalLabels, externalUrl, query });
  const instancesOf = (alertName: string) => running.flatMap(({ plan, state }) => firingOf(plan, state, alertName));
  const sources: Sources = { queries: store, signal, firing: (name) => instancesOf(name).map(({ labels }) => labels) };
  const events = [...test.events].sort((a, b) => a.atMs - b.atMs);
  let eventsSeen = 0;

  const tellEvents = async (untilMs: number) => {
    for (; eventsSeen < events.length; eventsSeen++) {
      const event = events[eventsSeen];
      if (event === undefined || event.atMs > untilMs) return;
      const atMs = test.startMs + event.atMs;
      for (const group of running) {
        const { state } = await observeEvents(group.plan, group.state, [{ ...event, atMs, seenAtMs: atMs }], {
          nowMs: atMs,
          sources,
          expand,
        });
        group.state = state;
      }
    }
  };
  return {
    async evaluate(sinceMs) {
      const atMs = test.startMs + sinceMs;
      const problems = loadProblems(store.loadUntil, atMs);
      await tellEvents(sinceMs);
      for (const group of running) {
        const { state } = await evaluateGroup(group.plan, group.state, {
          atMs,
          clock: () => atMs,
          sources,
          expand,
          sink: store,
        });
        group.state = state;
        problems.push(...failuresOf(group, atMs));
      }
      return problems;
    },
    firing: (alertName) => instancesOf(alertName).map(({ labels, annotations }) => ({ labels, annotations })),
    async ask(text, sinceMs) {
      const vector = await store.instant({ language: "promql", text, atMs: test.startMs + sinceMs }, signal);
      return vector.map(({ labels, value }) => ({ labels: seriesLabels(labels), value }));
    },
  };
}

function loadProblems(load: (ms: number) => void, atMs: number): string[] {
  try {
    load(atMs);
    return [];
  } catch (thrown) {
    return [AppError.from(thrown).message];
  }
}

function firingOf(plan: GroupPlan, { rules }: GroupState, alertName: string): readonly Instance[] {
  return plan.rules.flatMap(({ kind, rule }, at) =>
    kind === "alerting" && rule.name === alertName
      ? (rules[at]?.instances.filter(({ state }) => state === "firing") ?? [])
      : [],
  );
}

function failuresOf({ plan, state }: RunningGroup, atMs: number): readonly string[] {
  const time = formatGoDuration(atMs * 1e6);
  const failures = state.rules.flatMap(({ health, lastError }, at) =>
    health === "err" ? [`    rule: ${plan.rules[at]?.rule.name}, time: ${time}, err: ${lastError}`] : [],
  );
  const { outage } = state;
  return outage === undefined
    ? failures
    : [...failures, `    group: ${plan.name}, time: ${time}, err: ${outage.message}`];
}
