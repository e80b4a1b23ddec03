import { queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { alertsKey } from "./alerts.ts";
import { call } from "./client.ts";
import { count, flag, instant, list, moment, text } from "./fields.ts";
import { anySchema } from "./types.ts";

const scheduleSchema = z.union([
  z.object({ kind: z.literal("once"), start: z.string(), end: z.string() }),
  z.object({
    kind: z.literal("recurring"),
    timeZone: text,
    weekly: list(z.object({ weekdays: list(z.string()), start: text, durationMinutes: count })),
    // As Alertmanager's time intervals; nobody writes them here, so what they say goes back as it came.
    intervals: list(z.unknown()),
    from: moment,
    until: moment,
  }),
  z.object({ kind: z.literal("manual") }),
]);
export type WindowSchedule = z.infer<typeof scheduleSchema>;

const windowSchema = z.object({
  windowId: z.string(),
  name: z.string(),
  matchers: list(z.string()),
  schedule: scheduleSchema,
  reason: text,
  createdBy: text,
  openings: list(z.object({ key: text, until: moment, openedBy: text, reason: text })),
  closedUntil: moment,
  closedBy: text,
  open: flag,
  changes: moment,
});
export type MaintenanceWindow = z.infer<typeof windowSchema>;
const windowListSchema = z.object({ windows: list(windowSchema) });
const occurrencesSchema = z.object({ occurrences: list(z.object({ start: instant, end: instant })) });
export type Occurrence = z.infer<typeof occurrencesSchema>["occurrences"][number];

/** All maintenance windows, by name. Below alertsKey, as they change alerts. */
export const windowsQuery = queryOptions({
  queryKey: [...alertsKey, "windows"],
  queryFn: async ({ signal }) => (await call(windowListSchema, "/v1/maintenance-windows", { signal })).windows,
  refetchInterval: 30_000,
});

/** When a window is open in the next four weeks. */
export function occurrencesQuery(windowId: string) {
  return queryOptions({
    queryKey: [...alertsKey, "windows", windowId, "occurrences"],
    queryFn: async ({ signal }) => {
      const path = `${windowPath(windowId)}/occurrences`;
      return (await call(occurrencesSchema, path, { signal })).occurrences;
    },
    staleTime: 60_000,
  });
}

/** A window as somebody writes it. */
export interface WindowDraft {
  readonly name: string;
  readonly matchers: readonly string[];
  readonly reason: string;
  readonly schedule: WindowSchedule;
}

/** Changes the window with the id, or makes one under its name. */
export async function saveWindow(windowId: string | undefined, draft: WindowDraft): Promise<void> {
  await call(anySchema, windowPath(windowId ?? draft.name), { method: "PUT", body: draft });
}

/** Opens a window now, for a while. */
export async function openWindow(windowId: string, forSeconds: number, reason: string): Promise<void> {
  await call(anySchema, `${windowPath(windowId)}/open`, { method: "POST", body: { forSeconds, reason } });
}

/** Closes a window now. */
export async function closeWindow(windowId: string): Promise<void> {
  await call(anySchema, `${windowPath(windowId)}/close`, { method: "POST", body: {} });
}

/** Removes a window: what it holds is told. */
export async function deleteWindow(windowId: string): Promise<void> {
  await call(anySchema, windowPath(windowId), { method: "DELETE" });
}

function windowPath(window: string): string {
  return `/v1/maintenance-windows/${encodeURIComponent(window)}`;
}
