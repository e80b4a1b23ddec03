/** What the gateway answers about on-call schedules and escalation policies; see types.ts. */
import * as z from "zod/mini";
import { count, flag, instant, list, moment, severity, text } from "./fields.ts";

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const weekday = z.catch(z.enum(WEEKDAYS), "monday");

const windowSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("day"), weekdays: list(weekday), from: text, to: text }),
  z.object({ kind: z.literal("week"), fromWeekday: weekday, from: text, toWeekday: weekday, to: text }),
]);
export type WallWindow = z.infer<typeof windowSchema>;

export const ROTATION_UNITS = ["hour", "day", "week"] as const;

const layerSchema = z.object({
  name: text,
  participants: list(z.string()),
  rotation: z.object({
    every: count,
    unit: z.catch(z.enum(ROTATION_UNITS), "day"),
    handoverTime: text,
    handoverWeekday: z._default(z.nullable(weekday), null),
  }),
  restrictions: list(windowSchema),
  start: instant,
  end: moment,
});
export type Layer = z.infer<typeof layerSchema>;

const overrideSchema = z.object({
  overrideId: text,
  user: text,
  start: instant,
  end: instant,
  note: text,
  createdBy: text,
});
export type Override = z.infer<typeof overrideSchema>;

const scheduleSchema = z.object({
  name: z.string(),
  description: text,
  timeZone: text,
  layers: list(layerSchema),
  overrides: list(overrideSchema),
  revision: count,
  changed: moment,
  changedBy: text,
});
export type Schedule = z.infer<typeof scheduleSchema>;
export const scheduleListSchema = z.object({ schedules: list(scheduleSchema) });

const shiftSchema = z.object({
  user: text,
  start: instant,
  end: instant,
  source: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("layer"), layer: text }),
    z.object({ kind: z.literal("override"), overrideId: text }),
  ]),
});
export type Shift = z.infer<typeof shiftSchema>;

const shiftsSchema = z.object({
  final: list(shiftSchema),
  layers: list(z.object({ layer: text, shifts: list(shiftSchema) })),
  overrides: list(shiftSchema),
  gaps: list(z.object({ start: instant, end: instant })),
});
export type Shifts = z.infer<typeof shiftsSchema>;
export const shiftsAnswerSchema = z.object({ shifts: shiftsSchema });

const onCallSchema = z.object({
  schedule: text,
  user: z._default(z.nullable(z.string()), null),
  until: moment,
  nextUser: z._default(z.nullable(z.string()), null),
});
export type OnCall = z.infer<typeof onCallSchema>;
export const onCallListSchema = z.object({ onCall: list(onCallSchema) });

export const TARGET_KINDS = ["user", "schedule", "receiver"] as const;

const targetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), user: text }),
  z.object({ kind: z.literal("schedule"), schedule: text }),
  z.object({ kind: z.literal("receiver"), receiver: text }),
]);
export type Target = z.infer<typeof targetSchema>;

const stepSchema = z.object({
  delaySeconds: count,
  targets: list(targetSchema),
  severities: list(severity),
  times: z._default(z.nullable(z.object({ timeZone: text, windows: list(windowSchema), outside: flag })), null),
});
export type Step = z.infer<typeof stepSchema>;

const policySchema = z.object({
  name: z.string(),
  description: text,
  steps: list(stepSchema),
  repeat: count,
  repeatAfterSeconds: count,
  revision: count,
  changed: moment,
  changedBy: text,
});
export type Policy = z.infer<typeof policySchema>;
export const policyListSchema = z.object({ policies: list(policySchema) });

export const feedCreatedSchema = z.object({ feedId: text, path: text });
