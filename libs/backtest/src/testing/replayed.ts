import { loadConfig } from "@sightline/alertmanager/config/config";
import { dispatchConfigOf } from "@sightline/alertmanager/dispatch/dispatch-config";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { ContactPreferences } from "@sightline/oncall/escalation/contacts";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { Schedule } from "@sightline/oncall/schedule/schedule";
import { parseDuration } from "@sightline/query/promql/durations";
import { formatLabels } from "@sightline/query/promql/labels";
import type { Vector } from "@sightline/rules/evaluate/queries";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { type Labels, seriesLabels } from "@sightline/rules/labels";
import { createUnitTestStore } from "@sightline/rules/unit-test/unit-test-store";
import { type BacktestAnswer, type BacktestBounds, backtest } from "../backtest.ts";
import type { FileGroup, Routing, Setup } from "../change-set.ts";
import type { MissingEpisode } from "../missing.ts";
import type { RangeQuestion, RangeSeries, RangeSource } from "../range-queries.ts";
import type { Surroundings } from "../replay-side.ts";

/** Midnight in UTC of a Monday. */
export const BEGIN_MS = Date.parse("2026-11-02T00:00:00Z");

/** A key whose groups are evaluated at whole minutes. */
const ON_THE_MINUTE = "g117";

/** A replay as text. */
export interface Replayed {
  /** Lines such as `up{job="a"} 1x60 0x10`, a sample a minute. */
  readonly series: readonly string[];
  /** Rules of one group, from the first `- alert` on. */
  readonly before: string;
  /** Default: as before. */
  readonly after?: string;
  /** alertmanager.yml. */
  readonly routes: string;
  readonly routesAfter?: string;
  readonly policies?: readonly EscalationPolicy[];
  readonly contacts?: Readonly<Record<string, ContactPreferences>>;
  readonly schedules?: Readonly<Record<string, Schedule>>;
  /** Lines such as `20m ann acknowledges {alertname="a"}`. */
  readonly actions?: readonly { readonly at: string; readonly by: string; readonly labels: Labels }[];
  readonly silences?: Surroundings["silences"];
  readonly windows?: Surroundings["windows"];
  /** Default: 4h. */
  readonly lasts?: string;
  readonly bounds?: Partial<BacktestBounds>;
  readonly signal?: AbortSignal;
  readonly clock?: () => number;
  /** In place of what knows the series. */
  readonly source?: RangeSource;
}

export const BOUNDS: BacktestBounds = {
  maxEvaluations: 100_000,
  chunkSteps: 60,
  maxInstants: 1000,
  maxAlerts: 1000,
  maxEpisodes: 1000,
  maxDurationMs: 60_000,
};

/** Replays a text. */
export function replay(given: Replayed): Promise<BacktestAnswer> {
  const { policies = [], contacts = {}, schedules = {}, actions = [], silences = [], windows = [] } = given;
  const routing = routingOf(given.routes);
  const before: Setup = { groups: groupsOf(given.before), routing };
  const after: Setup = {
    groups: groupsOf(given.after ?? given.before),
    routing: given.routesAfter === undefined ? routing : routingOf(given.routesAfter),
  };
  return backtest({
    changes: { before, after },
    source: given.source ?? sourceOf(given.series),
    surroundings: {
      silences,
      windows,
      actions: actions.map(({ at, by, labels }) => {
        return { kind: "acknowledge", by, atMs: BEGIN_MS + ms(at), target: { fingerprint: fingerprintOf(labels) } };
      }),
      people: {
        policies: new Map(policies.map((policy) => [policy.name, policy])),
        contacts: new Map(Object.entries(contacts)),
        schedules: new Map(Object.entries(schedules).map(([name, schedule]) => [name, [{ fromMs: 0, schedule }]])),
        severityOf: ({ alerts }) =>
          alerts.some(({ labels }) => labels["severity"] === "critical") ? "critical" : "error",
      },
    },
    startMs: BEGIN_MS,
    endMs: BEGIN_MS + ms(given.lasts ?? "4h"),
    bounds: { ...BOUNDS, ...given.bounds },
    signal: given.signal ?? new AbortController().signal,
    clock: given.clock ?? (() => 0),
    pause: async () => undefined,
  });
}

/** Milliseconds of a time such as `5m`. */
export function ms(time: string): number {
  const found = parseDuration(time);
  if (found === null) throw new Error(`got ${time}, want a duration`);
  return found;
}

export function groupsOf(rules: string): readonly FileGroup[] {
  const { file, problems } = parseRuleFile(`groups:\n- name: g\n  interval: 1m\n  rules:\n${rules}`);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(problem.message);
  return file.groups.map((group) => ({ file: "f", group, intervalMs: group.intervalMs ?? 60_000, key: ON_THE_MINUTE }));
}

export function routingOf(text: string): Routing {
  const config = loadConfig(text);
  const dispatched = dispatchConfigOf(config);
  return {
    dispatch: {
      ...dispatched,
      integrationsOf: (receiver) =>
        dispatched.integrationsOf(receiver).map((one) => ({ ...one, acknowledges: one.kind === "escalation" })),
    },
    recipientPolicy: () => undefined,
    policyOf: (receiver) => config.receivers.find(({ name }) => name === receiver)?.sightline?.escalation ?? "",
  };
}

/** Knows the series of a text, and counts how often it was asked. */
export function sourceOf(series: readonly string[]): RangeSource & { readonly ranges: RangeQuestion[] } {
  const ranges: RangeQuestion[] = [];
  const none = {
    name: "",
    alertTests: [],
    expressionTests: [],
    externalLabels: {},
    externalUrl: "",
    events: [],
    answers: [],
  };
  const inputSeries = series.map((line) => {
    const at = line.lastIndexOf("}") + 1 || line.indexOf(" ");
    return { series: line.slice(0, at), values: line.slice(at + 1).trim() };
  });
  const store = createUnitTestStore({ ...none, intervalMs: 60_000, startMs: BEGIN_MS, inputSeries }, 60_000);
  store.loadUntil(Number.POSITIVE_INFINITY);
  return {
    ranges,
    instant: (question, signal) => store.instant(question, signal),
    async range(question, signal) {
      ranges.push(question);
      const found = new Map<string, { labels: Labels; timesMs: number[]; values: Vector[number]["value"][] }>();
      for (let atMs = question.startMs; atMs <= question.endMs; atMs += question.stepMs) {
        for (const { labels, value } of await store.instant({ ...question, atMs }, signal)) {
          const key = formatLabels(seriesLabels(labels));
          const one = found.get(key) ?? { labels, timesMs: [], values: [] };
          one.timesMs.push(atMs);
          one.values.push(value);
          found.set(key, one);
        }
      }
      return [...found.values()] satisfies RangeSeries[];
    },
  };
}

/** The answer as lines: who is told how often before and after, how rules fared, what is missed and what is new. */
export function linesOf(answer: BacktestAnswer): readonly string[] {
  const { people, receivers, rules, missed, added } = answer;
  return [
    ...people.map(
      ({ user, before, after }) =>
        `${user}: ${before.pages} (${before.nightPages} at night) -> ${after.pages} (${after.nightPages} at night)`,
    ),
    ...receivers.map(({ receiver, before, after }) => `${receiver}: ${before} -> ${after}`),
    ...rules.map(({ rule, before, after }) => `${rule}: fired ${figures(before)} -> ${figures(after)}`),
    ...missed.map((one) => `missed ${missingLine(one)}`),
    ...added.map((one) => `new ${missingLine(one)}`),
  ];
}

function figures(of: BacktestAnswer["rules"][number]["before"]): string {
  if (of === undefined) return "0";
  const { fired, firingMs, flaps } = of;
  return `${fired} for ${firingMs / 60_000}m${flaps > 0 ? ` flaps ${flaps}` : ""}`;
}

function missingLine({ episode, reason }: MissingEpisode): string {
  return `${formatLabels(seriesLabels(episode.labels))} at ${(episode.startMs - BEGIN_MS) / 60_000}m: ${reason}`;
}
