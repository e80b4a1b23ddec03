import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Labels } from "../labels.ts";
import type { ExpandTemplate } from "./alert-texts.ts";
import { alignState } from "./align-state.ts";
import type { DecisionRecord, RuleNote } from "./decision.ts";
import { type EvaluationContext, evaluateAlerting, type RuleOutcome } from "./evaluate-alerting.ts";
import { evaluateRecording } from "./evaluate-recording.ts";
import { pruneWindows } from "./event-window.ts";
import { settle } from "./late-data.ts";
import type { Sources } from "./observe.ts";
import type { AlertingPlan, GroupPlan, RecordingPlan } from "./plan.ts";
import type { GroupState, RuleState } from "./state.ts";
import { alertSamples, type SampleSink, seriesOfAlerts, staleSamples, type WrittenSample } from "./written-samples.ts";

export interface EvaluateOptions {
  /** The time that is evaluated; milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The time it is, for how long things take and when they are found out. */
  readonly clock: Clock;
  readonly sources: Sources;
  readonly expand: ExpandTemplate;
  /** Takes what rules record, each rule's before the next one is evaluated. Without one nothing is recorded. */
  readonly sink?: SampleSink;
  /** Up to when all data have come, where that is known: what is decided of later times is provisional. */
  readonly watermarkMs?: number;
}

export interface GroupEvaluation {
  readonly state: GroupState;
  readonly records: readonly DecisionRecord[];
}

/**
 * Evaluates the rules of a group once, one after the other, as Prometheus does (rules/group.go, Group.Eval). The state is not changed, a new one is
 * answered. When the source is away the alerts of all rules from there on stay as they are. Rejects only when it is cancelled.
 */
export async function evaluateGroup(
  plan: GroupPlan,
  before: GroupState,
  options: EvaluateOptions,
): Promise<GroupEvaluation> {
  const { clock, atMs } = options;
  const beganMs = clock();
  const aligned = alignState(plan, before, beganMs);
  const records: DecisionRecord[] = [...aligned.records];
  const rules: RuleState[] = [];
  let outage: RuleNote | undefined;
  for (const [at, rule] of plan.rules.entries()) {
    const known = aligned.state.rules[at];
    if (known === undefined) continue;
    if (outage !== undefined) {
      rules.push(known);
      continue;
    }
    const result = await evaluateRule(plan, rule, { known, options });
    records.push(...result.records);
    rules.push(result.state);
    outage = result.outage;
  }
  await endOrphans(plan, aligned.state, options);
  const state: GroupState = { lastEvaluatedAtMs: atMs, lastDurationMs: clock() - beganMs, rules };
  if (outage === undefined) {
    if (before.outage !== undefined)
      records.push(noteOf(plan, "", { type: "source_back", message: before.outage.message, atMs }));
    return { state, records };
  }
  if (before.outage === undefined) records.push(outage);
  return { state: { ...state, outage: before.outage ?? { sinceMs: atMs, message: outage.message } }, records };
}

interface RuleResult {
  readonly state: RuleState;
  readonly records: readonly DecisionRecord[];
  readonly outage?: RuleNote;
}

interface RuleInput {
  readonly known: RuleState;
  readonly options: EvaluateOptions;
}

async function evaluateRule(
  plan: GroupPlan,
  rule: GroupPlan["rules"][number],
  { known, options }: RuleInput,
): Promise<RuleResult> {
  const { clock } = options;
  const beganMs = clock();
  const context = contextOf(plan, { options, nowMs: beganMs });
  const result =
    rule.kind === "recording"
      ? await runRecording(rule, known, { context, options })
      : await runAlerting(rule, known, { context, options });
  if (result.outage !== undefined) return result;
  const state = { ...result.state, lastEvaluatedAtMs: options.atMs, lastDurationMs: clock() - beganMs };
  return {
    state,
    records: [
      ...result.records,
      ...healthNotes(plan, rule.rule.name, { before: known, after: state, atMs: options.atMs }),
    ],
  };
}

function contextOf(
  { name, queryOffsetMs, limit }: GroupPlan,
  { options, nowMs }: { options: EvaluateOptions; nowMs: number },
): EvaluationContext {
  const { atMs, sources, expand, watermarkMs } = options;
  const isProvisional = watermarkMs !== undefined && watermarkMs < atMs - queryOffsetMs;
  return { group: name, atMs, nowMs, queryOffsetMs, limit, sources, expand, isProvisional };
}

interface Running {
  readonly context: EvaluationContext;
  readonly options: EvaluateOptions;
}

async function runRecording(rule: RecordingPlan, known: RuleState, { context, options }: Running): Promise<RuleResult> {
  try {
    const samples = await evaluateRecording(rule, known.series ?? [], context);
    const { lastError: _, ...kept } = known;
    const failure = await append(options.sink, samples);
    const series = samples.filter(({ value }) => value !== "stale").map(({ labels }) => labels);
    return { state: { ...kept, ...healthOf(failure), series }, records: [] };
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (options.sources.signal.aborted) throw error;
    if (error.code === "unavailable") return outageOf(known, rule.rule.name, { error, context });
    return { state: { ...known, ...healthOf(error) }, records: [] };
  }
}

async function runAlerting(rule: AlertingPlan, known: RuleState, running: Running): Promise<RuleResult> {
  const { context, options } = running;
  const outcome = await evaluateAlerting(rule, known, context);
  if (outcome.type === "outage") return outageOf(known, rule.rule.name, { error: outcome.error, context });
  const windows =
    known.windows && (rule.events === undefined ? [] : pruneWindows(known.windows, context.atMs, rule.events.limits));
  const { lastError: _, ...kept } = { ...known, ...(windows !== undefined && { windows }) };
  if (outcome.type === "failed") {
    const series = [
      ...(known.series ?? []),
      ...(options.sink === undefined ? [] : seriesOfAlerts(named(rule), outcome.forgotten)),
    ];
    const state = { ...kept, ...healthOf(outcome.error), instances: outcome.instances };
    return { state: series.length > 0 ? { ...state, series } : state, records: outcome.records };
  }
  const settled = await settleIfLate(rule, known, { outcome, running });
  const { series: left, ...rest } = kept;
  const failure = await record(
    rule,
    { before: known.instances, after: settled.state.instances, left: left ?? [] },
    running,
  );
  return { state: { ...rest, ...settled.state, ...healthOf(failure) }, records: settled.records };
}

type Succeeded = Extract<RuleOutcome, { type: "ok" }>;

async function settleIfLate(
  rule: AlertingPlan,
  known: RuleState,
  { outcome, running }: { readonly outcome: Succeeded; readonly running: Running },
): Promise<{ readonly state: Pick<RuleState, "instances" | "late">; readonly records: readonly DecisionRecord[] }> {
  const { watermarkMs } = running.options;
  const { instances, records, found } = outcome;
  // Rules of events are decided by their own times whenever one comes.
  if (rule.rule.lateMs === 0 || rule.events !== undefined || watermarkMs === undefined)
    return { state: { instances }, records };
  const settled = await settle(rule, known.late, { context: running.context, watermarkMs, found, instances });
  return { state: { instances: settled.instances, late: settled.late }, records: [...records, ...settled.records] };
}

function named({ rule, labels }: AlertingPlan) {
  return { name: rule.name, labels };
}

interface Written {
  readonly before: RuleState["instances"];
  readonly after: RuleState["instances"];
  /** Series that an evaluation that failed has not ended. */
  readonly left: readonly Labels[];
}

async function record(
  rule: AlertingPlan,
  { before, after, left }: Written,
  { context, options }: Running,
): Promise<AppError | undefined> {
  if (options.sink === undefined) return undefined;
  const atMs = context.atMs - context.queryOffsetMs;
  const samples = alertSamples(named(rule), { before, after, atMs });
  return append(options.sink, [...samples, ...staleSamples(left, samples, atMs)]);
}

async function append(sink: SampleSink | undefined, samples: readonly WrittenSample[]): Promise<AppError | undefined> {
  if (sink === undefined || samples.length === 0) return undefined;
  try {
    await sink.append(samples);
    return undefined;
  } catch (thrown) {
    return AppError.from(thrown);
  }
}

/** Ends the series of rules that are not there any more. What cannot be written now ends by itself, when nothing follows. */
async function endOrphans(
  { queryOffsetMs }: GroupPlan,
  { orphanedSeries }: GroupState,
  { sink, atMs }: EvaluateOptions,
): Promise<void> {
  if (orphanedSeries !== undefined) await append(sink, staleSamples(orphanedSeries, [], atMs - queryOffsetMs));
}

function healthOf(error: AppError | undefined): Pick<RuleState, "health" | "lastError"> {
  return error === undefined ? { health: "ok" } : { health: "err", lastError: error.message };
}

function outageOf(
  known: RuleState,
  rule: string,
  { error, context }: { error: AppError; context: EvaluationContext },
): RuleResult {
  const outage = {
    type: "source_away",
    group: context.group,
    rule,
    message: error.message,
    atMs: context.atMs,
  } as const;
  return { state: known, records: [], outage };
}

function healthNotes(
  plan: GroupPlan,
  rule: string,
  { before, after, atMs }: { readonly before: RuleState; readonly after: RuleState; readonly atMs: number },
): readonly RuleNote[] {
  if (after.health === "err") {
    const isNews = before.lastError !== after.lastError;
    return isNews ? [noteOf(plan, rule, { type: "rule_failed", message: after.lastError ?? "", atMs })] : [];
  }
  return before.health === "err"
    ? [noteOf(plan, rule, { type: "rule_works", message: before.lastError ?? "", atMs })]
    : [];
}

function noteOf({ name }: GroupPlan, rule: string, note: Pick<RuleNote, "type" | "message" | "atMs">): RuleNote {
  return { ...note, group: name, rule };
}
