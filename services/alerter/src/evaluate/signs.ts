import { parseDetails } from "@sightline/events/details";
import { msOfNanos } from "@sightline/model/time";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventView } from "@sightline/query/condition/event-view";
import { fingerprintOf, type Labels } from "../alerts/labels.ts";
import type { EventRule } from "../rules/rule.ts";
import { groupLabels } from "./group.ts";
import type { Match } from "./window.ts";
import { type GroupId, keyOf } from "./window-store.ts";

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
      const group = { ruleId: rule.ruleId, fingerprint: fingerprintOf(rule.ruleId, labels) };
      const key = keyOf(group);
      const known = groups.get(key) ?? { ...group, rule, labels, signs: [] };
      known.signs.push({ kind, event, match: { eventId: event.eventId, atMs, seenAtMs } });
      groups.set(key, known);
    }
  }
  return [...groups.values()];
}

function signsOf(event: SystemEvent, rules: readonly EventRule[]) {
  const view = eventView(event, parseDetails(event.details) ?? {});
  return rules.flatMap((rule): { rule: EventRule; kind: Sign["kind"] }[] => {
    if (rule.condition.matches(view)) return [{ rule, kind: "match" }];
    return rule.resolveWhen?.matches(view) ? [{ rule, kind: "end" }] : [];
  });
}
