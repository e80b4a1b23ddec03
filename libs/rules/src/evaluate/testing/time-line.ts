import { AppError } from "@sightline/errors/app-error";
import { formatShort } from "@sightline/gotext/format-float";
import { parseDuration } from "@sightline/query/promql/durations";
import { formatLabels } from "@sightline/query/promql/labels";
import { parseRuleFile } from "../../file/parse-rule-file.ts";
import { type Labels, seriesLabels } from "../../labels.ts";
import { createExpandTemplate } from "../../template/alert-template.ts";
import { createUnitTestStore } from "../../unit-test/unit-test-store.ts";
import type { DecisionRecord } from "../decision.ts";
import { endByHand } from "../end-by-hand.ts";
import { evaluateGroup } from "../evaluate-group.ts";
import type { Instance } from "../instance.ts";
import type { Sources } from "../observe.ts";
import { observeEvents, type TimedEvent } from "../observe-events.ts";
import { type GroupPlan, planGroup } from "../plan.ts";
import type { Queries } from "../queries.ts";
import { createRecentEnds } from "../recent-ends.ts";
import { type RestoreOptions, restoreGroup } from "../restore.ts";
import { emptyGroupState, type GroupState } from "../state.ts";

export interface TimeLineOptions {
  /** The rules of one group as YAML, from the first `- alert` on. */
  readonly rules: string;
  /** More fields of the group, such as `limit: 1`. */
  readonly group?: string;
  /** Lines such as `up{job="a"} 1 1 0`. */
  readonly series?: readonly string[];
  /** The time between two samples. Default: 1m. */
  readonly interval?: string;
  /** The labels of the alerts of a name that fire elsewhere. */
  readonly firing?: (name: string) => readonly Labels[];
}

/** A group of rules whose time goes on as a test says. */
export interface TimeLine {
  /** Evaluates the group at a time since 1970 such as `5m`; answers its alerts, each a line such as `firing {alertname="a"} 3`. */
  at(time: string, options?: { readonly watermark?: string }): Promise<readonly string[]>;
  /** What came of a query at that time: lines such as `{__name__="up"} 1`. */
  ask(query: string, time: string): Promise<readonly string[]>;
  /** Tells of events at a time, which is when they are received unless they say so themselves. */
  events(
    time: string,
    events: readonly (Omit<TimedEvent, "seenAtMs"> & Partial<TimedEvent>)[],
  ): Promise<readonly string[]>;
  /** What was decided since the last call. */
  decisions(): readonly string[];
  /** Has all questions fail from now on, or none. */
  fail(error: AppError | undefined): void;
  /** Adds a sample that comes late. */
  late(series: string, time: string): Promise<void>;
  /** Puts other rules into the group. */
  change(rules: string): void;
  restore(time: string, options: Omit<RestoreOptions, "nowMs">): void;
  /** Somebody ends the alerts that have these labels among theirs. */
  end(time: string, labels?: Labels): readonly string[];
  state(): GroupState;
}

export function createTimeLine(options: TimeLineOptions): TimeLine {
  const { signal } = new AbortController();
  const store = createUnitTestStore(
    {
      name: "",
      intervalMs: ms(options.interval ?? "1m"),
      startMs: 0,
      inputSeries: (options.series ?? []).map((line) => ({ series: line, values: "" })),
      alertTests: [],
      expressionTests: [],
      externalLabels: {},
      externalUrl: "",
      events: [],
      answers: [],
    },
    60_000,
  );
  let failure: AppError | undefined;
  const queries: Queries = {
    async instant(question, aborted) {
      if (failure !== undefined) throw failure;
      return store.instant(question, aborted);
    },
  };
  const sources: Sources = { queries, signal, firing: options.firing ?? (() => []) };
  const query = (text: string, atMs: number) => queries.instant({ language: "promql", text, atMs }, signal);
  const expand = createExpandTemplate({ externalLabels: {}, externalUrl: "", query });
  let plan = planOf(options.rules, options.group);
  let state = emptyGroupState;
  const ends = createRecentEnds({ maxEnds: 100, maxRules: 100 });
  let records: readonly DecisionRecord[] = [];
  const take = (next: { readonly state: GroupState; readonly records: readonly DecisionRecord[] }) => {
    // What is kept between two evaluations is JSON.
    state = JSON.parse(JSON.stringify(next.state));
    records = [...records, ...next.records];
    return state.rules.flatMap(({ instances }) => instances.map(lineOf)).sort();
  };
  return {
    async at(time, { watermark } = {}) {
      const atMs = ms(time);
      store.loadUntil(atMs);
      const watermarkMs = watermark === undefined ? {} : { watermarkMs: ms(watermark) };
      return take(
        await evaluateGroup(plan, state, {
          atMs,
          clock: () => atMs,
          sources,
          expand,
          sink: store,
          ...watermarkMs,
        }),
      );
    },
    async ask(text, time) {
      const vector = await store.instant({ language: "promql", text, atMs: ms(time) }, signal);
      return vector.map(({ labels, value }) => `${formatLabels(seriesLabels(labels))} ${value}`);
    },
    async events(time, events) {
      const nowMs = ms(time);
      const seen = events.map((event) => ({ seenAtMs: nowMs, ...event }));
      const taken = ends.take();
      const observed = await observeEvents(plan, state, seen, { nowMs, sources, expand, ends: taken });
      taken.keep();
      return take(observed);
    },
    decisions() {
      const lines = records.map(recordLine);
      records = [];
      return lines;
    },
    fail(error) {
      failure = error;
    },
    async late(series, time) {
      store.put(series, ms(time));
    },
    change(rules) {
      plan = planOf(rules, options.group);
    },
    restore(time, restoreOptions) {
      take(restoreGroup(plan, state, { ...restoreOptions, nowMs: ms(time) }));
    },
    end(time, labels = {}) {
      const isMeant = (instance: Instance) =>
        Object.entries(labels).every(([name, value]) => instance.labels[name] === value);
      const endedAt = (_: string, instance: Instance) => (isMeant(instance) ? ms(time) : undefined);
      return take({ state: endByHand(plan, state, endedAt), records: [] });
    },
    state: () => state,
  };
}

function planOf(rules: string, group = ""): GroupPlan {
  const text = `groups:\n- name: test\n${group === "" ? "" : `  ${group}\n`}  rules:\n${rules}`;
  const { file, problems } = parseRuleFile(text);
  const [first] = file.groups;
  const [problem] = problems;
  if (problem !== undefined || first === undefined) throw new Error(problem?.message ?? "got no group");
  return planGroup(first);
}

/** Milliseconds of a time such as `5m`. */
export function ms(time: string): number {
  const found = parseDuration(time);
  if (found === null) throw new Error(`got ${time}, want a duration`);
  return found;
}

function lineOf(instance: Instance): string {
  const { state, labels, value } = instance;
  return `${state} ${formatLabels(seriesLabels(labels))} ${typeof value === "number" ? formatShort(value) : value}`;
}

function recordLine(record: DecisionRecord): string {
  if (record.type !== "alert") return `${record.type} ${record.rule}: ${record.message}`;
  const { rule, from, to, reason, atMs, detectedAtMs, isProvisional } = record;
  const late = detectedAtMs === atMs ? "" : `, found out ${(detectedAtMs - atMs) / 1000}s later`;
  return `${rule}: ${from} -> ${to} at ${atMs / 1000}s, ${reason}${isProvisional ? ", provisional" : ""}${late}`;
}

/** Whoever is away. */
export const away = new AppError("unavailable", "storage is away");
