import { type KeptRecords, RetentionState } from "@sightline/proto/sightline/retention/v1/retention_service";
import { z } from "zod";
import { enumWords, momentOf, momentOrNull } from "./scalars.ts";

/** What is kept for a time of its own; storage knows the same words. */
export const recordKinds = ["logs", "traces", "sampled_traces", "metrics", "metric_rollups", "events"] as const;

const states = enumWords(
  ["pending", "applied", "failed"],
  [RetentionState.PENDING, RetentionState.APPLIED, RetentionState.FAILED],
);

/** How long one kind of records is kept, and what there is of it. */
export const keptForm = z.object({
  kind: z.string(),
  days: z.number().int(),
  defaultDays: z.number().int(),
  appliedDays: z.number().int().describe("What the database says, read back; 0: for ever"),
  state: states.schema,
  reason: z.string().describe("Why the last attempt failed"),
  rows: z.number().int(),
  oldest: momentOrNull,
  bytesOnDisk: z.number().int().describe("Of each day, the table's bytes by the tenant's share of its rows"),
});

export function keptToJson(kept: KeptRecords): z.infer<typeof keptForm> {
  const { oldestUnixNano, rows, bytesOnDisk, ...rest } = kept;
  return {
    ...rest,
    state: states.toWord(kept.state) ?? "pending",
    rows: Number(rows),
    oldest: momentOf(oldestUnixNano),
    bytesOnDisk: Number(bytesOnDisk),
  };
}
