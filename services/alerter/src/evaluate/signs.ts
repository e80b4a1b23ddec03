import { parseDetails } from "@sightline/events/details";
import { msOfNanos } from "@sightline/model/time";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventView } from "@sightline/query/condition/event-view";
import { fingerprintOf, type Labels } from "../alerts/labels.ts";
import type { EventRule } from "../rules/rule.ts";
import { groupLabels } from "./group.ts";
import type { Match } from "./window.ts";
import type { GroupId } from "./window-store.ts";

/** What one event means for one alert. */
export interface Sign {
  /** One that matches both of a rule's conditions counts as a match. */
  readonly kind: "match" | "end";
  readonly match: Match;
  readonly event: SystemEvent;
}

/** Everything that some events mean for one group of one rule, in the order of the events. */
export interface GroupSigns extends GroupId {
  readonly rule: EventRule;
  readonly labels: Labels;
  readonly signs: readonly Sign[];
}

export interface ReadOptions {
  /** When we received the events, milliseconds since the Unix epoch. */
  readonly seenAtMs: number;
  readonly nowMs: number;
  /** Events that happened longer ago than this mean nothing any more. */
  readonly maxAgeMs: number;
  /** Told of each such event. */
  onTooLate(): void;
}

/** What the events mean for the rules, by group. */
export function readSigns(
  events: readonly SystemEvent[],
  rules: readonly EventRule[],
  { seenAtMs, nowMs, maxAgeMs, onTooLate }: ReadOptions,
): GroupSigns[] {
  const groups = new Map<string, GroupSigns & { readonly signs: Sign[] }>();
  for (const event of events) {
    const atMs = Math.min(msOfNanos(event.timeUnixNano), seenAtMs);
    const signs = signsOf(event, rules);
    if (signs.length > 0 && nowMs - atMs > maxAgeMs) {
      onTooLate();
      continue;
    }
    for (const { rule, kind } of signs) {
      const labels = groupLabels(event, rule.groupBy);
      // Not by the fingerprint, which takes longer than all the rest.
      const key = `${rule.ruleId} ${JSON.stringify(labels)}`;
      const group = groups.get(key) ?? newGroup(rule, labels);
      group.signs.push({ kind, event, match: { eventId: event.eventId, atMs, seenAtMs } });
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function newGroup(rule: EventRule, labels: Labels) {
  const { ruleId } = rule;
  return { ruleId, fingerprint: fingerprintOf(ruleId, labels), rule, labels, signs: [] };
}

function signsOf(event: SystemEvent, rules: readonly EventRule[]) {
  const view = eventView(event, parseDetails(event.details) ?? {});
  return rules.flatMap((rule): { rule: EventRule; kind: Sign["kind"] }[] => {
    if (rule.condition.matches(view)) return [{ rule, kind: "match" }];
    return rule.resolveWhen?.matches(view) ? [{ rule, kind: "end" }] : [];
  });
}
