import { AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, msOfNanos, nanosOfMs } from "@sightline/model/time";
import type { Feed } from "@sightline/oncall/ics/calendar";
import { type NamedSchedule, scheduleFeed, userFeed } from "@sightline/oncall/ics/schedule-feed";
import { nextHandovers } from "@sightline/oncall/schedule/handovers";
import { type ScheduleThen, shiftsThen } from "@sightline/oncall/schedule/history";
import type { Schedule, Shift } from "@sightline/oncall/schedule/schedule";
import { shifts, whoIsOnCall } from "@sightline/oncall/schedule/shifts";
import type { Pool, Sql } from "@sightline/postgres/pool";
import {
  type GetCalendarRequest,
  type GetOnCallRequest,
  type ListShiftsRequest,
  type OnCall,
  type PreviewShiftsRequest,
  Schedule as ScheduleMessage,
  type Shifts as ShiftsMessage,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { type KeptOverride, listOverrides, listOverridesBetween } from "./override-store.ts";
import { AS_IT_IS_MS, documentNotFound, type Kept, listBetween, listKept } from "./revision-store.ts";
import { wantSchedule } from "./schedule-calls.ts";
import {
  keptSchedule,
  overrideFromMessage,
  scheduleFromMessage,
  shiftsToMessage,
  sourceToMessage,
} from "./schedule-message.ts";

/** Who is on call, and when. Everything is of the given tenant. */
export interface DutyCalls {
  /** By what was in force at the moment. Throws not_found for a schedule that was not there. */
  onCall(tenant: string, request: GetOnCallRequest): Promise<OnCall[]>;
  /** What is past as it was then, everything else as the schedule is now. */
  shifts(tenant: string, request: ListShiftsRequest): Promise<ShiftsMessage>;
  /** Of a schedule that is not kept. */
  preview(request: PreviewShiftsRequest): ShiftsMessage;
  calendar(tenant: string, request: GetCalendarRequest): Promise<Feed>;
}

const DAY_MS = 24 * 3_600_000;
const MAX_RANGE_DAYS = 400;
/** How far ahead the next hand-over is looked for. */
const NEXT_WITHIN_MS = 90 * DAY_MS;
const feedDays = { daysBack: 30, daysAhead: 180 } as const;

export function createDutyCalls({ sql, clock }: { readonly sql: Pool; readonly clock: Clock }): DutyCalls {
  return {
    async onCall(tenant, { schedules, atUnixNano }) {
      const atMs = atUnixNano === 0n ? clock() : msOfNanos(atUnixNano);
      const found = await schedulesInForce(sql, tenant, {
        asOfMs: atMs > clock() ? AS_IT_IS_MS : atMs,
        endAfterMs: atMs,
      });
      const missing = schedules.find((name) => !found.some((one) => one.name === name));
      if (missing !== undefined) throw documentNotFound({ kind: "schedule", name: missing });
      const wanted = found.filter(({ name }) => schedules.length === 0 || schedules.includes(name));
      return wanted.map(({ name, schedule }) => onCallIn(name, schedule, atMs));
    },
    async shifts(tenant, { schedule: name, startUnixNano, endUnixNano }) {
      const range = rangeOf(startUnixNano, endUnixNano);
      const kept = await wantSchedule(sql, { tenant, name, asOfMs: AS_IT_IS_MS });
      const [overrides, versions] = await Promise.all([
        listOverrides(sql, { tenant, schedule: name, asOfMs: AS_IT_IS_MS, endAfterMs: range.startMs }),
        scheduleVersions(sql, { tenant, name }, range),
      ]);
      const now = shifts(scheduleOf(kept, overrides), range.startMs, range.endMs);
      return shiftsToMessage({ ...now, ...shiftsThen(versions, range.startMs, range.endMs) });
    },
    preview({ schedule, overrides, startUnixNano, endUnixNano }) {
      if (schedule === undefined) throw invalid("cannot preview schedule: got none, want schedule");
      const { startMs, endMs } = rangeOf(startUnixNano, endUnixNano);
      return shiftsToMessage(shifts(scheduleFromMessage(schedule, overrides.map(overrideFromMessage)), startMs, endMs));
    },
    async calendar(tenant, { of }) {
      const options = { ...feedDays, nowMs: clock() };
      if (of === undefined) throw invalid("cannot make a calendar: got nothing, want a schedule or a user");
      const endAfterMs = options.nowMs - (feedDays.daysBack + 1) * DAY_MS;
      const all = await schedulesInForce(sql, tenant, { asOfMs: AS_IT_IS_MS, endAfterMs });
      if (of.$case === "user") return userFeed(of.value, all, options);
      const schedule = all.find(({ name }) => name === of.value);
      if (schedule === undefined) throw documentNotFound({ kind: "schedule", name: of.value });
      return scheduleFeed(schedule, options);
    },
  };
}

function onCallIn(name: string, schedule: Schedule, atMs: number): OnCall {
  const who = whoIsOnCall(schedule, atMs);
  const [next] = nextHandovers(schedule, atMs, { count: 1, withinMs: NEXT_WITHIN_MS });
  return {
    schedule: name,
    user: who?.user ?? "",
    source: who === undefined ? undefined : sourceToMessage(who.source),
    untilUnixNano: next === undefined ? 0n : nanosOfMs(next.atMs),
    nextUser: next?.coming ?? "",
  };
}

/** All schedules of a tenant as they were at a moment, by name, with the overrides that end later than another. */
async function schedulesInForce(
  sql: Sql,
  tenant: string,
  { asOfMs, endAfterMs }: { readonly asOfMs: number; readonly endAfterMs: number },
): Promise<NamedSchedule[]> {
  const [kept, overrides] = await Promise.all([
    listKept(sql, { tenant, kind: "schedule", asOfMs }),
    listOverrides(sql, { tenant, asOfMs, endAfterMs }),
  ]);
  const of = Map.groupBy(overrides, ({ schedule }) => schedule);
  return kept.map((one) => {
    const own = of.get(one.name) ?? [];
    const changedMs = Math.max(one.changedMs, ...own.map(({ createdMs }) => createdMs));
    return { scheduleId: `${tenant}/${one.name}`, name: one.name, schedule: scheduleOf(one, own), changedMs };
  });
}

/** The schedule as it was from each change on that falls into the time, and as it was before the first of them. */
export async function scheduleVersions(
  sql: Sql,
  { tenant, name }: { readonly tenant: string; readonly name: string },
  range: { readonly startMs: number; readonly endMs: number },
): Promise<ScheduleThen[]> {
  const [revisions, overrides] = await Promise.all([
    listBetween(sql, { tenant, kind: "schedule", name }, range),
    listOverridesBetween(sql, { tenant, schedule: name }, range),
  ]);
  const changes = [
    ...revisions.map(({ changedMs }) => changedMs),
    ...overrides.flatMap(({ createdMs, removedMs }) =>
      removedMs === undefined ? [createdMs] : [createdMs, removedMs],
    ),
  ];
  const inTime = [...new Set(changes)].filter((atMs) => atMs > range.startMs && atMs < range.endMs);
  return [range.startMs, ...inTime.sort((a, b) => a - b)].map((fromMs) => {
    const revision = revisions.findLast(({ changedMs }) => changedMs <= fromMs);
    const inForce = overrides.filter(
      ({ createdMs, removedMs }) => createdMs <= fromMs && (removedMs === undefined || removedMs > fromMs),
    );
    const schedule = revision?.definition ? scheduleOf({ definition: revision.definition }, inForce) : undefined;
    return { fromMs, schedule };
  });
}

/** Who was on call by a schedule in a time that is past, as it was then; nobody where there was no such schedule. */
export async function dutyThen(
  sql: Sql,
  of: { readonly tenant: string; readonly name: string },
  range: { readonly startMs: number; readonly endMs: number },
): Promise<readonly Shift[]> {
  return shiftsThen(await scheduleVersions(sql, of, range), range.startMs, range.endMs).final;
}

function scheduleOf({ definition }: Pick<Kept, "definition">, overrides: readonly KeptOverride[]): Schedule {
  return keptSchedule(
    ScheduleMessage.decode(definition),
    overrides.map(({ override }) => override),
  );
}

function rangeOf(startUnixNano: bigint, endUnixNano: bigint): { startMs: number; endMs: number } {
  const [startMs, endMs] = [msOfNanos(startUnixNano), msOfNanos(endUnixNano)];
  if (endMs <= startMs)
    throw invalid("cannot list shifts: end: got a time that is not after the start, want one that is");
  if (endMs - startMs <= MAX_RANGE_DAYS * DAY_MS) return { startMs, endMs };
  const days = Math.ceil((endMs - startMs) / DAY_MS);
  throw new AppError("invalid_argument", `cannot list shifts: got ${days} days, want at most ${MAX_RANGE_DAYS}`);
}
