import { queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { alertsKey } from "./alerts.ts";
import { call } from "./client.ts";
import { flag, instant, list, moment, text } from "./fields.ts";

const decisionSchema = z.object({
  time: instant,
  step: z.string(),
  sentence: text,
  reason: text,
  detail: text,
  groupKey: text,
  receiver: text,
  integration: text,
  ids: list(z.string()),
  due: moment,
});
export type Decision = z.infer<typeof decisionSchema>;
const explainSchema = z.object({ decisions: list(decisionSchema) });

/**
 * Everything that was decided about an alert, oldest first. With a fingerprint it is of the last day, unless `start` (RFC 3339) says
 * from when on.
 */
export function explainQuery(id: string, start?: string) {
  return queryOptions({
    queryKey: [...alertsKey, "explain", id, start ?? ""],
    queryFn: async ({ signal }) => {
      const path = `/v1/alerts/${encodeURIComponent(id)}/explain`;
      return (await call(explainSchema, path, { query: { start }, signal })).decisions;
    },
    refetchInterval: 10_000,
  });
}

const pagingSchema = z.object({
  paged: flag,
  reason: text,
  answer: text,
  sentences: list(
    z.object({
      time: moment,
      text,
      kind: text,
      fingerprint: text,
      receiver: text,
      groupKey: text,
      ids: list(z.string()),
    }),
  ),
  complete: flag,
});
export type Paging = z.infer<typeof pagingSchema>;
export type PagingSentence = Paging["sentences"][number];

/** Why a user was told at about a time (RFC 3339), or was not. */
export function pagingQuery(user: string, time: string) {
  return queryOptions({
    queryKey: ["paging", user, time],
    queryFn: ({ signal }) => call(pagingSchema, "/v1/explain", { method: "POST", body: { user, time }, signal }),
    retry: false,
    staleTime: 60_000,
  });
}
