import { openWireEvents, timeOf, walkEvents } from "@sightline/events/wire-event";
import { msOfNanos } from "@sightline/model/time";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { EventView } from "@sightline/query/condition/fields";
import { fingerprintOf, type Labels } from "../alerts/labels.ts";
import type { EventRule } from "../rules/rule.ts";
import { groupLabels } from "./group.ts";
import type { Match } from "./window.ts";
import type { GroupId } from "./window-store.ts";
import { createWireEventView } from "./wire-event-view.ts";

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

/**
 * What the events of a serialized EventBatch mean for the rules, by group. Throws `invalid_argument` when the bytes are
 * none. Only events that mean something are decoded.
 */
export function readSigns(
  payload: Uint8Array,
  rules: readonly EventRule[],
  { seenAtMs, nowMs, maxAgeMs, onTooLate }: ReadOptions,
): GroupSigns[] {
  const groups = new Map<string, GroupSigns & { readonly signs: Sign[] }>();
  const wire = openWireEvents(payload);
  const shown = createWireEventView(wire);
  walkEvents(wire, () => {
    shown.moved();
    const signs = signsOf(shown.view, rules);
    if (signs.length === 0) return;
    const atMs = Math.min(msOfNanos(timeOf(wire)), seenAtMs);
    if (nowMs - atMs > maxAgeMs) {
      onTooLate();
      return;
    }
    const event = shown.event();
    for (const { rule, kind } of signs) {
      const labels = groupLabels(event, rule.groupBy);
      // Not by the fingerprint, which takes longer than all the rest.
      const key = `${rule.ruleId} ${JSON.stringify(labels)}`;
      const group = groups.get(key) ?? newGroup(rule, labels);
      group.signs.push({ kind, event, match: { eventId: event.eventId, atMs, seenAtMs } });
      groups.set(key, group);
    }
  });
  return [...groups.values()];
}

function newGroup(rule: EventRule, labels: Labels) {
  const { ruleId } = rule;
  return { ruleId, fingerprint: fingerprintOf(ruleId, labels), rule, labels, signs: [] };
}

function signsOf(view: EventView, rules: readonly EventRule[]) {
  const signs: { readonly rule: EventRule; readonly kind: Sign["kind"] }[] = [];
  for (const rule of rules) {
    if (rule.condition.matches(view)) signs.push({ rule, kind: "match" });
    else if (rule.resolveWhen?.matches(view)) signs.push({ rule, kind: "end" });
  }
  return signs;
}
