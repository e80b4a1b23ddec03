import { AppError } from "@sightline/errors/app-error";
import { parseDetails } from "@sightline/events/details";
import { decodeEvent, openWireEvents, timeOf, walkEvents } from "@sightline/events/wire-event";
import { msOfNanos } from "@sightline/model/time";
import { createByEventType } from "@sightline/query/condition/by-event-type";
import { eventView } from "@sightline/query/condition/event-view";
import type { EventView } from "@sightline/query/condition/fields";
import type { GroupEvaluation } from "@sightline/rules/evaluate/evaluate-group";
import type { TimedEvent } from "@sightline/rules/evaluate/observe-events";
import type { EventsPlan, GroupPlan } from "@sightline/rules/evaluate/plan";
import type { Ends, EndsTaken } from "@sightline/rules/evaluate/recent-ends";
import type { EventMessage } from "../evaluate/events.ts";
import { createWireEventView } from "../evaluate/wire-event-view.ts";
import type { GroupRunner } from "./group-runner.ts";
import type { GroupWriter } from "./group-writer.ts";
import type { HeldGroups } from "./held-groups.ts";
import { type GroupKeeping, writeOf } from "./keep-group.ts";
import type { CatalogGroup } from "./rule-catalog.ts";
import { after, followClockStep, type RunningGroup } from "./running-group.ts";

export interface EventIntakeOptions {
  readonly held: HeldGroups;
  readonly runner: Pick<GroupRunner, "evaluationOf">;
  readonly keeping: GroupKeeping;
  readonly writer: GroupWriter;
  /** Events that had happened longer ago than this when they were received count for nothing, milliseconds. */
  readonly maxAgeMs: number;
  /** Told how many events meant nothing to a rule, and why. */
  readonly onDropped: (reason: "too_late" | "too_many_groups" | "overtaken", events: number) => void;
}

/** Tells groups of rules what comes on the bus. */
export interface EventIntake {
  /**
   * Takes in the events of a message, once however often it is delivered. Resolves to how many groups they meant something to. Throws
   * data_loss for bytes that are no events, anything else to be told again.
   */
  take(message: EventMessage): Promise<number>;
}

interface Concerned {
  readonly group: RunningGroup;
  readonly events: readonly TimedEvent[];
}

interface Change {
  readonly group: RunningGroup;
  readonly known: CatalogGroup;
  readonly evaluation: GroupEvaluation;
}

export function createEventIntake(options: EventIntakeOptions): EventIntake {
  return {
    async take(message) {
      const groups = options.held.eventGroupsOf(message.tenant);
      if (groups.length === 0) return 0;
      const concerned = readEvents(message, groups);
      if (concerned.length === 0) return 0;
      return after(
        concerned.map(({ group }) => group),
        () => tell(message.place, concerned, options),
      );
    },
  };
}

async function tell(place: string, concerned: readonly Concerned[], options: EventIntakeOptions): Promise<number> {
  const changes: Change[] = [];
  const taken: EndsTaken[] = [];
  const keepEnds = () => {
    for (const ends of taken) ends.keep();
  };
  for (const one of concerned) {
    const ends = one.group.ends.take();
    taken.push(ends);
    const change = await changeOf(one, ends, options);
    if (change !== undefined) changes.push(change);
  }
  if (changes.length === 0) {
    keepEnds();
    return 0;
  }
  // Until it is over nobody knows whether it was written.
  for (const { group } of changes) group.phase = "unknown";
  const writes = changes.map(({ group, known, evaluation }) => writeOf(group, known, evaluation));
  const isNew = await options.writer.writeMessage(place, writes);
  keepEnds();
  for (const { group, evaluation } of changes) {
    group.phase = "running";
    // What was taken in before is in the states as they are.
    if (!isNew) continue;
    group.state = evaluation.state;
    group.isUnwritten = false;
  }
  return isNew ? changes.length : 0;
}

async function changeOf(
  { group, events }: Concerned,
  ends: Ends,
  { held, keeping, runner, maxAgeMs, onDropped }: EventIntakeOptions,
): Promise<Change | undefined> {
  const { known, ending } = group;
  if (!held.has(group)) throw new AppError("cancelled", "cannot take events in: another replica evaluates their rules");
  followClockStep(group);
  await keeping.ready(group);
  const before = group.state;
  const evaluation = await runner
    .evaluationOf(known.id.tenant)
    .events(known.plan(), before, { events, ends, maxLateMs: maxAgeMs, signal: ending.signal });
  const { state, records, tooLate, tooMany, overtaken } = evaluation;
  if (tooLate > 0) onDropped("too_late", tooLate);
  if (tooMany > 0) onDropped("too_many_groups", tooMany);
  if (overtaken > 0) onDropped("overtaken", overtaken);
  const isSame = records.length === 0 && state.rules.every((rule, at) => rule === before.rules[at]);
  return isSame ? undefined : { group, known, evaluation };
}

function readEvents(...read: Parameters<typeof eventsOf>): readonly Concerned[] {
  try {
    return eventsOf(...read);
  } catch (cause) {
    throw new AppError("data_loss", "cannot read the message: it is no batch of events", { cause });
  }
}

/** What the events of a message mean to each of the groups; only those that mean something are decoded. */
function eventsOf({ payload, receivedUnixNano }: EventMessage, groups: readonly RunningGroup[]): readonly Concerned[] {
  const seenAtMs = msOfNanos(receivedUnixNano);
  const concerned = groups.map((group): { group: RunningGroup; events: TimedEvent[] } => ({ group, events: [] }));
  const plans = concerned.flatMap(({ group, events }) =>
    eventPlansOf(group.known.plan()).map((plan) => ({ plan, events })),
  );
  const askedFor = createByEventType(plans, ({ plan: { condition, resolveWhen } }) =>
    resolveWhen === undefined ? [condition] : [condition, resolveWhen],
  );
  const wire = openWireEvents(payload);
  const shown = createWireEventView(wire);
  walkEvents(wire, () => {
    shown.moved();
    const asked = askedFor(shown.eventType());
    // Several rules of a group may want it.
    const meant = new Set(asked.flatMap(({ plan, events }) => (isMeant(plan, shown.view) ? [events] : [])));
    if (meant.size === 0) return;
    const atMs = Math.min(msOfNanos(timeOf(wire)), seenAtMs);
    const event = decodeEvent(wire);
    const view = eventView(event, parseDetails(event.details) ?? {});
    for (const events of meant) events.push({ atMs, seenAtMs, view });
  });
  return concerned.filter(({ events }) => events.length > 0);
}

function eventPlansOf({ rules }: GroupPlan): readonly EventsPlan[] {
  return rules.flatMap((rule) => (rule.kind === "alerting" && rule.events !== undefined ? [rule.events] : []));
}

function isMeant({ condition, resolveWhen }: EventsPlan, view: EventView): boolean {
  return condition.matches(view) || resolveWhen?.matches(view) === true;
}
