import type { GroupState } from "@sightline/rules/evaluate/state";
import { z } from "zod";

const labels = z.record(z.string(), z.string());
const unixMs = z.number();

const instance = z.object({
  key: z.string(),
  kind: z.enum(["condition", "nodata", "eval_error"]),
  state: z.enum(["pending", "firing", "inactive"]),
  labels,
  annotations: labels,
  value: z.union([z.number(), z.enum(["NaN", "+Inf", "-Inf"])]),
  activeAtMs: unixMs,
  firedAtMs: unixMs.exactOptional(),
  resolvedAtMs: unixMs.exactOptional(),
  keepFiringSinceMs: unixMs.exactOptional(),
  heldSinceMs: unixMs.exactOptional(),
  detectedAtMs: unixMs.exactOptional(),
  isProvisional: z.literal(true).exactOptional(),
  series: z.string().exactOptional(),
});

const eventWindow = z.object({
  key: z.string(),
  labels,
  timesMs: z.array(unixMs),
  ids: z.array(z.string()).exactOptional(),
  resolvedAtMs: unixMs.exactOptional(),
  reached: z.object({ atMs: unixMs, count: z.number() }).exactOptional(),
});

const rule = z.object({
  id: z.string(),
  health: z.enum(["unknown", "ok", "err"]),
  lastError: z.string().exactOptional(),
  lastEvaluatedAtMs: unixMs.exactOptional(),
  lastDurationMs: z.number().exactOptional(),
  instances: z.array(instance),
  series: z.array(labels).exactOptional(),
  windows: z.array(eventWindow).exactOptional(),
  tooLateSaidAtMs: unixMs.exactOptional(),
  tooManySaidAtMs: unixMs.exactOptional(),
  late: z.object({ instances: z.array(instance), openTimesMs: z.array(unixMs) }).exactOptional(),
});

/** What is known of a group between two evaluations, as the column `state` of rule_group_states has it. */
export const storedGroupState: z.ZodType<GroupState> = z.object({
  lastEvaluatedAtMs: unixMs.exactOptional(),
  lastDurationMs: z.number().exactOptional(),
  rules: z.array(rule),
  orphanedSeries: z.array(labels).exactOptional(),
  outage: z.object({ sinceMs: unixMs, message: z.string() }).exactOptional(),
});
