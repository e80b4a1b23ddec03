import { AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, msOfNanos } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import { checkOverride, SCHEDULE_LIMITS } from "@sightline/oncall/schedule/check-schedule";
import type { Pool, Sql } from "@sightline/postgres/pool";
import {
  EscalationPolicy,
  type KeptSchedule,
  type Override,
  type PutOverrideRequest,
  type PutScheduleRequest,
  Schedule,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import {
  countOverrides,
  insertOverride,
  type KeptOverride,
  listOverrides,
  overrideToMessage,
  removeOverride,
  removeOverrides,
} from "./override-store.ts";
import {
  AS_IT_IS_MS,
  documentNotFound,
  findKept,
  type Kept,
  keep,
  listKept,
  lockChanges,
  revisionToMessage,
} from "./revision-store.ts";
import { overrideFromMessage, scheduleFromMessage } from "./schedule-message.ts";
import { checkUser } from "./user.ts";

export interface ScheduleCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How many a tenant may have. */
  readonly maxSchedules: number;
}

/** What people ask of schedules and do to them. Everything is of the given tenant. */
export interface ScheduleCalls {
  list(tenant: string): Promise<KeptSchedule[]>;
  /** Throws not_found. */
  get(tenant: string, request: { readonly name: string; readonly asOfUnixNano: bigint }): Promise<KeptSchedule>;
  put(tenant: string, request: PutScheduleRequest): Promise<KeptSchedule>;
  delete(tenant: string, request: { readonly name: string; readonly userId: string }): Promise<void>;
  putOverride(tenant: string, request: PutOverrideRequest): Promise<Override>;
  deleteOverride(
    tenant: string,
    request: { readonly schedule: string; readonly overrideId: string; readonly userId: string },
  ): Promise<void>;
}

const MAX_NOTE = 1024;

export function createScheduleCalls(options: ScheduleCallsOptions): ScheduleCalls {
  const { sql, clock } = options;
  return {
    async list(tenant) {
      const [kept, overrides] = await Promise.all([
        listKept(sql, { tenant, kind: "schedule", asOfMs: AS_IT_IS_MS }),
        listOverrides(sql, { tenant, asOfMs: AS_IT_IS_MS, endAfterMs: clock() }),
      ]);
      const of = Map.groupBy(overrides, ({ schedule }) => schedule);
      return kept.map((one) => toMessage(one, of.get(one.name) ?? []));
    },
    async get(tenant, { name, asOfUnixNano }) {
      const asOfMs = asOfUnixNano === 0n ? AS_IT_IS_MS : msOfNanos(asOfUnixNano);
      const kept = await wantSchedule(sql, { tenant, name, asOfMs });
      const endAfterMs = asOfUnixNano === 0n ? clock() : 0;
      return toMessage(kept, await listOverrides(sql, { tenant, schedule: name, asOfMs, endAfterMs }));
    },
    put: (tenant, request) => putSchedule(options, tenant, request),
    async delete(tenant, { name, userId }) {
      checkUser(userId);
      await sql.transaction(async (tx) => {
        await lockChanges(tx, tenant);
        await assertUnused(tx, tenant, name);
        const common = { nowMs: clock(), by: userId };
        await keep(tx, { tenant, kind: "schedule", name }, { ...common, definition: null, expected: 0 });
        await removeOverrides(tx, { ...common, tenant, schedule: name });
      });
    },
    putOverride: (tenant, request) => putOverride(options, tenant, request),
    async deleteOverride(tenant, { schedule, overrideId, userId }) {
      checkUser(userId);
      await removeOverride(sql, wantId(overrideId), { tenant, schedule, nowMs: clock(), by: userId });
    },
  };
}

async function putSchedule(
  { sql, clock, maxSchedules }: ScheduleCallsOptions,
  tenant: string,
  { schedule, revision, userId }: PutScheduleRequest,
): Promise<KeptSchedule> {
  checkUser(userId);
  if (schedule === undefined) throw invalid("cannot keep schedule: got none, want schedule");
  scheduleFromMessage(schedule, []);
  const definition = Schedule.encode(schedule).finish();
  const { name } = schedule;
  return sql.transaction(async (tx) => {
    await lockChanges(tx, tenant);
    const all = await listKept(tx, { tenant, kind: "schedule", asOfMs: AS_IT_IS_MS });
    if (all.length >= maxSchedules && !all.some((one) => one.name === name)) {
      throw new AppError("resource_exhausted", `cannot keep schedule: got ${all.length} already, want fewer`);
    }
    const change = { definition, expected: revision, nowMs: clock(), by: userId };
    const kept = await keep(tx, { tenant, kind: "schedule", name }, change);
    const overrides = await listOverrides(tx, { tenant, schedule: name, asOfMs: AS_IT_IS_MS, endAfterMs: clock() });
    return { schedule, revision: revisionToMessage(kept), overrides: overrides.map(overrideToMessage) };
  });
}

/** One that has an id takes the place of the one of that id: it is removed, and another one made. */
async function putOverride(
  { sql, clock, newId }: ScheduleCallsOptions,
  tenant: string,
  { schedule, override, userId }: PutOverrideRequest,
): Promise<Override> {
  checkUser(userId);
  if (override === undefined) throw invalid("cannot keep override: got none, want override");
  if (override.note.length > MAX_NOTE) {
    throw invalid(`cannot keep override: note: got ${override.note.length} characters, want at most ${MAX_NOTE}`);
  }
  const wanted = { ...overrideFromMessage(override), overrideId: newId() };
  checkOverride(wanted);
  return sql.transaction(async (tx) => {
    await lockChanges(tx, tenant);
    await wantSchedule(tx, { tenant, name: schedule, asOfMs: AS_IT_IS_MS });
    const nowMs = clock();
    if (override.overrideId !== "") {
      await removeOverride(tx, wantId(override.overrideId), { tenant, schedule, nowMs, by: userId });
    }
    const count = await countOverrides(tx, { tenant, schedule, nowMs });
    if (count >= SCHEDULE_LIMITS.overrides) {
      throw new AppError("resource_exhausted", `cannot keep override: got ${count} of ${schedule} already, want fewer`);
    }
    const kept: KeptOverride = {
      schedule,
      override: wanted,
      note: override.note,
      createdMs: nowMs,
      createdBy: userId,
      removedMs: undefined,
    };
    await insertOverride(tx, tenant, kept);
    return overrideToMessage(kept);
  });
}

/** Throws not_found when there was none at that moment. */
export async function wantSchedule(
  sql: Sql,
  { tenant, name, asOfMs }: { readonly tenant: string; readonly name: string; readonly asOfMs: number },
): Promise<Kept> {
  const kept = await findKept(sql, { tenant, kind: "schedule", name }, asOfMs);
  if (kept === undefined) throw documentNotFound({ kind: "schedule", name });
  return kept;
}

/** Throws failed_precondition, naming them, while policies tell whoever is on call in it. */
async function assertUnused(tx: Sql, tenant: string, name: string): Promise<void> {
  const policies = await listKept(tx, { tenant, kind: "policy", asOfMs: AS_IT_IS_MS });
  const using = policies.filter(({ definition }) =>
    EscalationPolicy.decode(definition).steps.some(({ targets }) =>
      targets.some(({ kind }) => kind?.$case === "schedule" && kind.value === name),
    ),
  );
  if (using.length === 0) return;
  const names = using.map((policy) => policy.name).join(", ");
  throw new AppError(
    "failed_precondition",
    `cannot delete schedule ${name}: these escalation policies name it: ${names}`,
  );
}

function toMessage(kept: Kept, overrides: readonly KeptOverride[]): KeptSchedule {
  return {
    schedule: Schedule.decode(kept.definition),
    revision: revisionToMessage(kept),
    overrides: [...overrides].sort((a, b) => a.override.startMs - b.override.startMs).map(overrideToMessage),
  };
}

function wantId(overrideId: string): string {
  if (isUuid(overrideId)) return overrideId;
  const shown = JSON.stringify(overrideId.slice(0, 64));
  throw new AppError("not_found", `cannot find override ${shown}: it is no override's id`);
}
