import { AppError } from "@sightline/errors/app-error";
import { type Clock, NANOS_PER_MS, nanosOfMs } from "@sightline/model/time";
import { z } from "zod";
import type { Oncall } from "../clients.ts";
import {
  onCallForm,
  onCallToJson,
  overrideAnswer,
  overrideFromJson,
  overrideInput,
  overrideToJson,
  revisionInput,
  scheduleForm,
  scheduleFromJson,
  scheduleInput,
  scheduleToJson,
  shiftsForm,
  shiftsToJson,
} from "../json/oncall.ts";
import { list, momentFromText, rangeFrom, rangeQuery, timeText } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const scheduleAnswer = z.object({ schedule: scheduleForm });
const tag = "on-call";
/** Shifts of four weeks, where it is not said otherwise. */
const DEFAULT_RANGE_NANOS = 28n * 24n * 3_600_000n * NANOS_PER_MS;

/** Schedules, and who is on call by them. */
export function oncallRoutes(oncall: Oncall, clock: Clock): Route[] {
  return [...scheduleRoutes(oncall, clock), ...overrideRoutes(oncall), ...dutyRoutes(oncall, clock)];
}

function scheduleRoutes(oncall: Oncall, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/oncall/schedules",
      operation: "listSchedules",
      summary: "List on-call schedules, with the overrides that are not over",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ schedules: z.array(scheduleForm) }),
      call: async ({ caller, signal }) => {
        const { schedules } = await oncall.call("listSchedules", {}, { tenant: caller.tenant, signal });
        return { schedules: schedules.map(scheduleToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/oncall/schedules/:name",
      operation: "getSchedule",
      summary: "Read an on-call schedule, as it is or as it was",
      tag,
      access: "query",
      query: z.strictObject({ asOf: timeText }),
      answer: scheduleAnswer,
      call: async ({ param, query, caller, signal }) => {
        const request = { name: param("name"), asOfUnixNano: momentFromText("asOf", query.asOf, clock()) };
        const { schedule } = await oncall.call("getSchedule", request, { tenant: caller.tenant, signal });
        return { schedule: scheduleToJson(answered(schedule)) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/oncall/schedules/:name",
      operation: "putSchedule",
      summary: "Create or replace an on-call schedule",
      tag,
      access: "edit",
      query: nothing,
      body: scheduleInput.extend({ revision: revisionInput }),
      answer: scheduleAnswer,
      call: async ({ param, body, caller, signal }) => {
        const { revision, ...rest } = body;
        const request = { schedule: scheduleFromJson(param("name"), rest), revision, userId: caller.name };
        const { schedule } = await oncall.call("putSchedule", request, { tenant: caller.tenant, signal });
        return { schedule: scheduleToJson(answered(schedule)) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/oncall/schedules/:name",
      operation: "deleteSchedule",
      summary: "Delete an on-call schedule",
      tag,
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        const request = { name: param("name"), userId: caller.name };
        await oncall.call("deleteSchedule", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

function overrideRoutes(oncall: Oncall): Route[] {
  const common = { tag, access: "edit", query: nothing } as const;
  return [
    writeRoute({
      ...common,
      method: "post",
      path: "/v1/oncall/schedules/:name/overrides",
      operation: "createOverride",
      summary: "Put somebody in place of whoever would be on call",
      body: overrideInput,
      answer: overrideAnswer,
      call: async ({ param, body, caller, signal }) => {
        const request = { schedule: param("name"), override: overrideFromJson("", body), userId: caller.name };
        const { override } = await oncall.call("putOverride", request, { tenant: caller.tenant, signal });
        return { override: overrideToJson(answered(override)) };
      },
    }),
    writeRoute({
      ...common,
      method: "put",
      path: "/v1/oncall/schedules/:name/overrides/:id",
      operation: "replaceOverride",
      summary: "Replace an override by another one, which has an id of its own",
      body: overrideInput,
      answer: overrideAnswer,
      call: async ({ param, body, caller, signal }) => {
        const request = { schedule: param("name"), override: overrideFromJson(param("id"), body), userId: caller.name };
        const { override } = await oncall.call("putOverride", request, { tenant: caller.tenant, signal });
        return { override: overrideToJson(answered(override)) };
      },
    }),
    readRoute({
      ...common,
      method: "delete",
      path: "/v1/oncall/schedules/:name/overrides/:id",
      operation: "deleteOverride",
      summary: "Remove an override",
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        const request = { schedule: param("name"), overrideId: param("id"), userId: caller.name };
        await oncall.call("deleteOverride", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

function dutyRoutes(oncall: Oncall, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/oncall/now",
      operation: "getOnCall",
      summary: "Read who is on call, or was or will be, by what was in force then",
      tag,
      access: "query",
      query: z.strictObject({ schedule: list, at: timeText }),
      answer: z.object({ onCall: z.array(onCallForm) }),
      call: async ({ query, caller, signal }) => {
        const request = { schedules: query.schedule, atUnixNano: momentFromText("at", query.at, clock()) };
        const { onCall } = await oncall.call("getOnCall", request, { tenant: caller.tenant, signal });
        return { onCall: onCall.map(onCallToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/oncall/schedules/:name/shifts",
      operation: "listShifts",
      summary: "Read who is on call when; what is past, as it was then",
      tag,
      access: "query",
      query: z.strictObject(rangeQuery),
      answer: z.object({ shifts: shiftsForm }),
      call: async ({ param, query, caller, signal }) => {
        const request = { schedule: param("name"), ...rangeOf(query, clock) };
        const { shifts } = await oncall.call("listShifts", request, { tenant: caller.tenant, signal });
        return { shifts: shiftsToJson(shifts) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/oncall/preview",
      operation: "previewShifts",
      summary: "Read who would be on call by a schedule that is not kept",
      tag,
      access: "query",
      query: nothing,
      body: scheduleInput.extend({ overrides: z.array(overrideInput).default([]), ...rangeQuery }),
      answer: z.object({ shifts: shiftsForm }),
      call: async ({ body, caller, signal }) => {
        const { overrides, start, end, ...schedule } = body;
        const request = {
          schedule: scheduleFromJson("preview", schedule),
          overrides: overrides.map((override, index) => overrideFromJson(`${index}`, override)),
          ...rangeOf({ start, end }, clock),
        };
        const { shifts } = await oncall.call("previewShifts", request, { tenant: caller.tenant, signal });
        return { shifts: shiftsToJson(shifts) };
      },
    }),
  ];
}

/** From now for four weeks, where it is not said otherwise. */
function rangeOf(query: { start?: string | undefined; end?: string | undefined }, clock: Clock) {
  const { startUnixNano, endUnixNano } = rangeFrom(query, clock());
  const start = startUnixNano === 0n ? nanosOfMs(clock()) : startUnixNano;
  return { startUnixNano: start, endUnixNano: endUnixNano === 0n ? start + DEFAULT_RANGE_NANOS : endUnixNano };
}

function answered<T>(value: T | undefined): T {
  if (value === undefined) throw new AppError("internal", "cannot answer what was kept: alerter answered nothing");
  return value;
}
