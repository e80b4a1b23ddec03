import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import {
  feedCreatedSchema,
  type OnCall,
  type Override,
  onCallListSchema,
  type Policy,
  policyListSchema,
  type Schedule,
  type Shifts,
  scheduleListSchema,
  shiftsAnswerSchema,
} from "./oncall-types.ts";
import { anySchema } from "./types.ts";

/** Where every answer about who is on call is kept: made invalid after each change. */
export const oncallKey = ["oncall"] as const;

/** A time that is looked at; Unix milliseconds, the end exclusive. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** All schedules, by name. */
export const schedulesQuery = queryOptions({
  queryKey: [...oncallKey, "schedules"],
  queryFn: async ({ signal }) => (await call(scheduleListSchema, "/v1/oncall/schedules", { signal })).schedules,
});

/** Who is on call now, in every schedule. */
export const onCallNowQuery = queryOptions({
  queryKey: [...oncallKey, "now"],
  queryFn: async ({ signal }): Promise<OnCall[]> => (await call(onCallListSchema, "/v1/oncall/now", { signal })).onCall,
  refetchInterval: 60_000,
});

/** Who is on call when. */
export function shiftsQuery(schedule: string, window: Window) {
  return queryOptions({
    queryKey: [...oncallKey, "shifts", schedule, window],
    queryFn: async ({ signal }): Promise<Shifts> => {
      const query = { start: String(window.startMs), end: String(window.endMs) };
      return (await call(shiftsAnswerSchema, `${schedulePath(schedule)}/shifts`, { query, signal })).shifts;
    },
    placeholderData: keepPreviousData,
  });
}

/** Who would be on call by a schedule that is being written. */
export function previewQuery(schedule: Schedule, window: Window) {
  const { description, timeZone, layers, overrides } = schedule;
  const body = {
    description,
    timeZone,
    layers,
    overrides: overrides.map(inputOf),
    start: String(window.startMs),
    end: String(window.endMs),
  };
  return queryOptions({
    queryKey: [...oncallKey, "preview", body],
    queryFn: async ({ signal }): Promise<Shifts> =>
      (await call(shiftsAnswerSchema, "/v1/oncall/preview", { method: "POST", body, signal })).shifts,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Creates or replaces a schedule; refused when somebody else has changed it since. */
export async function saveSchedule({ name, description, timeZone, layers, revision }: Schedule): Promise<void> {
  await call(anySchema, schedulePath(name), { method: "PUT", body: { description, timeZone, layers, revision } });
}

/** Removes a schedule; refused while an escalation names it. */
export async function deleteSchedule(name: string): Promise<void> {
  await call(anySchema, schedulePath(name), { method: "DELETE" });
}

/** Creates the override when it has no id yet, replaces it otherwise. */
export async function saveOverride(schedule: string, override: Override): Promise<void> {
  const path = `${schedulePath(schedule)}/overrides`;
  const body = inputOf(override);
  if (override.overrideId === "") await call(anySchema, path, { method: "POST", body });
  else await call(anySchema, `${path}/${encodeURIComponent(override.overrideId)}`, { method: "PUT", body });
}

/** Removes an override. */
export async function deleteOverride(schedule: string, overrideId: string): Promise<void> {
  const path = `${schedulePath(schedule)}/overrides/${encodeURIComponent(overrideId)}`;
  await call(anySchema, path, { method: "DELETE" });
}

/** The address of a schedule's calendar, which only this answer ever shows. */
export async function createFeed(schedule: string): Promise<string> {
  const body = { kind: "schedule", name: schedule };
  return (await call(feedCreatedSchema, "/v1/oncall/feeds", { method: "POST", body })).path;
}

/** All escalation policies, by name. */
export const policiesQuery = queryOptions({
  queryKey: [...oncallKey, "policies"],
  queryFn: async ({ signal }) => (await call(policyListSchema, "/v1/oncall/policies", { signal })).policies,
});

/** Creates or replaces a policy; refused when somebody else has changed it since. */
export async function savePolicy({
  name,
  description,
  steps,
  repeat,
  repeatAfterSeconds,
  revision,
}: Policy): Promise<void> {
  const body = { description, steps, repeat, repeatAfterSeconds, revision };
  await call(anySchema, policyPath(name), { method: "PUT", body });
}

/** Removes a policy. */
export async function deletePolicy(name: string): Promise<void> {
  await call(anySchema, policyPath(name), { method: "DELETE" });
}

function inputOf({ user, start, end, note }: Override) {
  return { user, start, end, note };
}

function schedulePath(name: string): string {
  return `/v1/oncall/schedules/${encodeURIComponent(name)}`;
}

function policyPath(name: string): string {
  return `/v1/oncall/policies/${encodeURIComponent(name)}`;
}
