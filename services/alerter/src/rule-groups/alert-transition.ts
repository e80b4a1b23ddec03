import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Severity } from "@sightline/model/severity";
import type { Decision, DecisionReason } from "@sightline/rules/evaluate/decision";
import type { GroupEvaluation } from "@sightline/rules/evaluate/evaluate-group";
import type { Instance, InstanceState, StoredNumber } from "@sightline/rules/evaluate/instance";
import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import type { GroupState } from "@sightline/rules/evaluate/state";
import { type Labels, labelsKey } from "@sightline/rules/labels";
import type { AlertOrigin } from "../alerts/alert.ts";
import { severityOfLabels } from "../channels/severity.ts";
import { storable } from "../dispatch/storable.ts";
import { type GroupId, ruleIdOf } from "./group-id.ts";

/** A step of an alert as it is kept and told: one row of `alerts` begins, goes on or ends. */
export interface AlertTransition {
  readonly origin: Exclude<AlertOrigin, "rule">;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly file: string;
  readonly group: string;
  /** As Alertmanager knows the alert. */
  readonly fingerprint: string;
  readonly to: "pending" | "firing" | "resolved";
  /** Why, as a fixed word. */
  readonly reason: string;
  readonly note: string;
  readonly value: number;
  /** The time that it is true of; milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** When it was found out. */
  readonly foundMs: number;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly severity: Severity;
  readonly summary: string;
  /** Told beside the receivers of the routes, when it fires and when it is over. */
  readonly channels: readonly string[];
  /** Told beside these in the way of routes, see `parseRecipient`. */
  readonly recipients: readonly string[];
}

const maxSummaryChars = 500;

/** What follows for alerts from the decisions of an evaluation of the rules of a plan. `state` is the one after it. */
export function transitionsOf(
  id: GroupId,
  plan: GroupPlan,
  { state, records }: GroupEvaluation,
): readonly AlertTransition[] {
  const decisions = records.filter((record) => record.type === "alert");
  if (decisions.length === 0) return [];
  const instances = new Map(
    state.rules.flatMap((rule) => rule.instances.map((instance) => [instanceKey(rule.id, instance), instance])),
  );
  const toldOf = besidesOf(plan);
  const open = openStates(state);
  return decisions.flatMap((decision) => {
    const key = instanceKey(decision.ruleId, { kind: decision.kind, key: labelsKey(decision.labels) });
    const common = describe(id, decision, instances.get(key)?.annotations ?? {});
    const told = toldOf(decision.ruleId);
    return targetsOf(decision, open.get(alertKey(decision.ruleId, decision.labels))).map(
      (to): AlertTransition => ({ ...common, ...told, to }),
    );
  });
}

type Besides = Pick<AlertTransition, "channels" | "recipients">;

const nobody: Besides = { channels: [], recipients: [] };

/** Who is told of a rule's alerts beside the routes. Rules of a group that share their alerts share that too. */
function besidesOf({ rules }: GroupPlan): (ruleId: string) => Besides {
  const known = new Map<string, Besides>();
  for (const { kind, id, rule } of rules) {
    if (kind !== "alerting" || rule.channels.length + rule.recipients.length === 0) continue;
    const { channels, recipients } = known.get(id) ?? nobody;
    known.set(id, {
      channels: [...new Set([...channels, ...rule.channels])],
      recipients: [...new Set([...recipients, ...rule.recipients])],
    });
  }
  return (ruleId) => known.get(ruleId) ?? nobody;
}

/**
 * What alerts are after an evaluation. Rules of a group that have the same name and labels share their alerts, which are then what they are to any
 * of them.
 */
function openStates({ rules }: GroupState): ReadonlyMap<string, "pending" | "firing"> {
  const open = new Map<string, "pending" | "firing">();
  for (const { id, instances } of rules) {
    for (const { state, labels } of instances) {
      const key = alertKey(id, labels);
      if (state === "firing" || (state === "pending" && !open.has(key))) open.set(key, state);
    }
  }
  return open;
}

function alertKey(ruleId: string, labels: Labels): string {
  return `${ruleId}\u0004${labelsKey(labels)}`;
}

/** One that waits again, since its `for` is longer now, is over for whoever was told that it fires. */
function targetsOf({ from, to }: Decision, open: "pending" | "firing" | undefined): readonly AlertTransition["to"][] {
  if (to === "firing") return [to];
  if (open === "firing") return [];
  if (to === "pending") return from === "firing" ? ["resolved", "pending"] : [to];
  if (open === undefined) return ["resolved"];
  return from === "firing" ? ["resolved", "pending"] : [];
}

function instanceKey(ruleId: string, { kind, key }: Pick<Instance, "kind" | "key">): string {
  return `${ruleId}\u0004${kind}\u0004${key}`;
}

function describe(id: GroupId, decision: Decision, annotations: Labels): Omit<AlertTransition, "to" | keyof Besides> {
  const { rule, ruleId, reason, atMs, detectedAtMs } = decision;
  const labels = storableLabels(decision.labels);
  return {
    origin: "rule_file",
    ruleId: ruleIdOf(id, ruleId),
    ruleName: rule,
    file: id.file,
    group: id.group,
    fingerprint: fingerprintOf(labels),
    reason,
    note: noteOf(decision),
    value: numberOf(decision.value),
    atMs,
    foundMs: detectedAtMs,
    labels,
    ...textsOf(rule, labels, storableLabels(annotations)),
  };
}

function textsOf(ruleName: string, labels: Labels, annotations: Labels) {
  const { summary, description } = annotations;
  const severity: Severity = severityOfLabels(labels) ?? "warning";
  return {
    annotations,
    severity,
    summary: (summary || description || ruleName).slice(0, maxSummaryChars).toWellFormed(),
  };
}

/** Labels or annotations as they can be kept and sent. */
export function storableLabels(labels: Labels): Labels {
  const isPlain = Object.values(labels).every((text) => text.isWellFormed() && !text.includes("\u0000"));
  return isPlain
    ? labels
    : Object.fromEntries(Object.entries(labels).map(([name, text]) => [storable(name), storable(text)]));
}

/** The number that JSON could not keep. */
export function numberOf(value: StoredNumber): number {
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  return value === "+Inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

const words: Readonly<Record<DecisionReason, string>> = {
  condition_began: "its condition holds, and has to go on",
  held_long_enough: "its condition has held for long enough",
  nothing_to_wait_for: "its condition holds",
  condition_ended: "its condition does not hold any more",
  for_was_extended: "its condition has to hold for longer now",
  fired_late: "data that came late show that it fired",
  retracted: "data that came late show that it did not hold",
  outage_too_long: "nobody evaluated it for too long",
  rule_removed: "its rule is not there any more",
  limit_exceeded: "its rule has more alerts than the group may have",
};

/** Why, in words that are the same each time. */
export function wordsOf(reason: DecisionReason): string {
  return words[reason];
}

function noteOf({ reason, kind, atMs, detectedAtMs, isProvisional }: Decision): string {
  const parts = [words[reason]];
  if (kind === "nodata") parts.push("it says that there are no data");
  if (kind === "eval_error") parts.push("it says that the rule cannot be evaluated");
  if (detectedAtMs - atMs > 60_000) parts.push(`true at ${new Date(atMs).toISOString()}`);
  if (isProvisional) parts.push("more data may come of that time");
  return parts.join("; ");
}

/** The newest of an alert that goes on as it is. */
export interface AlertValue
  extends Pick<AlertTransition, "ruleId" | "fingerprint" | "value" | "annotations" | "summary" | "recipients"> {}

/** What all alerts of a group come to now. */
export function valuesOf(id: GroupId, plan: GroupPlan, { rules }: GroupState): readonly AlertValue[] {
  const toldOf = besidesOf(plan);
  return rules.flatMap((rule) => {
    const active = rule.instances.filter(({ state }: { readonly state: InstanceState }) => state !== "inactive");
    if (active.length === 0) return [];
    const ruleId = ruleIdOf(id, rule.id);
    return active.map((instance): AlertValue => {
      const labels = storableLabels(instance.labels);
      const { annotations, summary } = textsOf(labels["alertname"] ?? "", labels, storableLabels(instance.annotations));
      const { recipients } = toldOf(rule.id);
      const value = numberOf(instance.value);
      return { ruleId, fingerprint: fingerprintOf(labels), value, annotations, summary, recipients };
    });
  });
}
