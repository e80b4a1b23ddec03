import { queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { call } from "./client.ts";
import { count, list, moment, text } from "./fields.ts";

const keptSchema = z.object({
  kind: z.string(),
  days: count,
  defaultDays: count,
  appliedDays: count,
  state: z.catch(z.enum(["pending", "applied", "failed"]), "pending"),
  reason: text,
  rows: count,
  oldest: moment,
  bytesOnDisk: count,
});
/** How long one kind of records is kept, and what there is of it. */
export type Kept = z.infer<typeof keptSchema>;
const answerSchema = z.object({ kinds: list(keptSchema) });

export const retentionKey = ["retention"] as const;

/** Every kind of records; asked for more often while something is on its way. */
export const retentionQuery = queryOptions({
  queryKey: retentionKey,
  queryFn: async ({ signal }) => (await call(answerSchema, "/v1/retention", { signal })).kinds,
  refetchInterval: ({ state }) => (state.data?.some((kept) => kept.state === "pending") ? 2000 : 30_000),
});

/** Days by kind; null: the default again. */
export async function saveRetention(days: Readonly<Record<string, number | null>>): Promise<void> {
  await call(answerSchema, "/v1/retention", { method: "PUT", body: days });
}
