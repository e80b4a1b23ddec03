import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Decision, DecisionRecord, RuleNote } from "@sightline/rules/evaluate/decision";
import { storableLabels, wordsOf } from "./alert-transition.ts";
import type { GroupId } from "./group-id.ts";

/** A decision of a rule as it is kept beside those of dispatching. */
export interface RuleDecision {
  readonly atMs: number;
  readonly step: "rule";
  readonly reason: string;
  readonly fingerprints: readonly string[];
  /** Where what concerns the group as a whole is found again. */
  readonly groupKey: string;
  readonly detail: string;
}

/** How many of one evaluation are kept: of more, that there were more. */
const maxDecisions = 2000;

const notes: Readonly<Record<RuleNote["type"], string>> = {
  rule_failed: "a rule of its group cannot be evaluated",
  rule_works: "a rule of its group can be evaluated again",
  source_away: "nobody can be asked: alerts stay as they are",
  source_back: "somebody can be asked again",
  events_too_late: "events came too late to count for its rule",
  too_many_groups: "events are of more groups than their rule follows",
};

/** What decisions about a group as a whole are found by. */
export function groupDecisionKey({ file, group }: GroupId): string {
  return `rules: ${file}, ${group}`;
}

/** What an evaluation has decided, in its order. */
export function decisionsOf(id: GroupId, records: readonly DecisionRecord[]): readonly RuleDecision[] {
  const groupKey = groupDecisionKey(id);
  const kept = records.slice(0, maxDecisions).map((record): RuleDecision => {
    const about = record.type === "alert" ? aboutAlert(record) : aboutRule(record);
    return { step: "rule", groupKey, ...about };
  });
  const last = kept.at(-1);
  if (last === undefined || records.length <= maxDecisions) return kept;
  const detail = `${records.length - maxDecisions} more decisions were made at once, which are not kept`;
  return [...kept, { ...last, fingerprints: [], reason: "more decisions", detail }];
}

type About = Pick<RuleDecision, "atMs" | "reason" | "fingerprints" | "detail">;

function aboutAlert(decision: Decision): About {
  const { rule, labels, reason, from, to, value, atMs, detectedAtMs, kind, isProvisional } = decision;
  const parts = [`rule ${rule}: ${from} to ${to}`];
  if (kind === "condition") parts.push(`value ${value}`);
  else parts.push(kind === "nodata" ? "there are no data" : "it cannot be evaluated");
  if (detectedAtMs !== atMs) parts.push(`evaluated for ${new Date(atMs).toISOString()}`);
  if (isProvisional) parts.push("provisional");
  return {
    atMs: detectedAtMs,
    reason: wordsOf(reason),
    fingerprints: [fingerprintOf(storableLabels(labels))],
    detail: parts.join(", "),
  };
}

function aboutRule({ type, rule, message, atMs }: RuleNote): About {
  const detail = rule === "" ? message : `rule ${rule}: ${message}`;
  return { atMs, reason: notes[type], fingerprints: [], detail };
}
