import { decodeLater, openWireEvents, textOf, timeOf, walkEvents } from "@sightline/events/wire-event";
import { msOfNanos } from "@sightline/model/time";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createByEventType } from "@sightline/query/condition/by-event-type";
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
  /** Decoded when it is asked for, as few of those that match move an alert; for as long as the message is at hand. */
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

/** Which of a tenant's rules have to be asked about an event, by its type; kept as long as the rules are. */
const asked = new WeakMap<readonly EventRule[], (eventType: string) => readonly EventRule[]>();

function askedOf(rules: readonly EventRule[]): (eventType: string) => readonly EventRule[] {
  const known = asked.get(rules);
  if (known !== undefined) return known;
  const made = createByEventType(rules, ({ condition, resolveWhen }) =>
    resolveWhen === undefined ? [condition] : [condition, resolveWhen],
  );
  asked.set(rules, made);
  return made;
}

/**
 * What the events of a serialized EventBatch mean for the rules, by group. Throws `invalid_argument` when the bytes are
 * none. Most events are known by their type to mean nothing, and of the others only what is asked for is read.
 */
export function readSigns(
  payload: Uint8Array,
  rules: readonly EventRule[],
  { seenAtMs, nowMs, maxAgeMs, onTooLate }: ReadOptions,
): GroupSigns[] {
  const groups = new Map<string, GroupSigns & { readonly signs: Sign[] }>();
  const askedFor = askedOf(rules);
  const wire = openWireEvents(payload);
  const { view, eventType, moved } = createWireEventView(wire);
  walkEvents(wire, () => {
    moved();
    const signs = signsOf(view, askedFor(eventType()));
    if (signs.length === 0) return;
    const atMs = Math.min(msOfNanos(timeOf(wire)), seenAtMs);
    if (nowMs - atMs > maxAgeMs) {
      onTooLate();
      return;
    }
    const decode = decodeLater(wire);
    const match = { eventId: textOf(wire, wire.eventId), atMs, seenAtMs };
    for (const { rule, kind } of signs) {
      const labels = groupLabels(view, rule.groupBy);
      // Not by the fingerprint, which takes longer than all the rest.
      const key = `${rule.ruleId} ${JSON.stringify(labels)}`;
      const group = groups.get(key) ?? newGroup(rule, labels);
      group.signs.push({
        kind,
        match,
        get event() {
          return decode();
        },
      });
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
