import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { alertsKey } from "./alerts.ts";
import { ApiError } from "./api-error.ts";
import { call } from "./client.ts";
import { count, instant, list, moment, severity, text, textMap } from "./fields.ts";
import { anySchema } from "./types.ts";

/** Where an escalation stands; in the order in which people want to see them. */
export const ESCALATION_STATUSES = ["running", "exhausted", "snoozed", "acknowledged", "resolved"] as const;
const escalationStatus = z.catch(z.enum(ESCALATION_STATUSES), "running");
export type EscalationStatus = z.infer<typeof escalationStatus>;

const recipientSchema = z.union([
  z.object({ kind: z.literal("user"), user: text }),
  z.object({ kind: z.literal("receiver"), receiver: text }),
]);
export type Recipient = z.infer<typeof recipientSchema>;

const escalationSchema = z.object({
  escalationId: z.string(),
  receiver: text,
  groupKey: text,
  groupLabels: textMap,
  title: text,
  policy: text,
  severity,
  status: escalationStatus,
  round: count,
  nextStep: count,
  due: moment,
  assignee: text,
  told: list(recipientSchema),
  begun: instant,
  ended: moment,
  firingAlerts: count,
});
export type Escalation = z.infer<typeof escalationSchema>;

const eventSchema = z.object({
  time: instant,
  reason: text,
  detail: text,
  receiver: text,
  integration: text,
  users: list(z.string()),
  due: moment,
});
export type EscalationEvent = z.infer<typeof eventSchema>;

const listSchema = z.object({ escalations: list(escalationSchema), next: text });
const detailSchema = z.object({ escalation: escalationSchema, timeline: list(eventSchema) });

const refetchMs = 10_000;

/** Escalations of some statuses, the newest first. Below alertsKey, as what is done to alerts changes them. */
export function escalationsQuery(statuses: readonly EscalationStatus[]) {
  return infiniteQueryOptions({
    queryKey: [...alertsKey, "escalations", statuses],
    queryFn: ({ signal, pageParam }) => {
      const query = { status: statuses, withEnded: statuses.includes("resolved"), cursor: pageParam };
      return call(listSchema, "/v1/escalations", { query, signal });
    },
    initialPageParam: "",
    getNextPageParam: (last) => (last.next === "" ? undefined : last.next),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
}

/** What goes on about a group at a receiver; empty where nobody has a policy for it. */
export function groupEscalationsQuery({ groupKey, receiver }: { groupKey: string; receiver: string }) {
  return queryOptions({
    queryKey: [...alertsKey, "escalations", "group", groupKey, receiver],
    queryFn: async ({ signal }) =>
      (await call(listSchema, "/v1/escalations", { query: { groupKey, receiver }, signal })).escalations,
    refetchInterval: refetchMs,
  });
}

/** One escalation with all that was decided and done about it, oldest first; null where there is none. */
export function escalationQuery(escalationId: string) {
  return queryOptions({
    queryKey: [...alertsKey, "escalation", escalationId],
    queryFn: async ({ signal }) => {
      try {
        return await call(detailSchema, escalationPath(escalationId), { signal });
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return null;
        throw thrown;
      }
    },
    refetchInterval: refetchMs,
  });
}

/** What somebody does about an escalation. */
export type EscalationAction =
  | { readonly verb: "acknowledge" | "resume" | "resolve" }
  | { readonly verb: "snooze"; readonly forSeconds: number }
  | {
      readonly verb: "reassign";
      readonly to:
        | { readonly kind: "user"; readonly user: string }
        | { readonly kind: "policy"; readonly policy: string };
    };

/** Does it, with a note for the others. */
export async function actOnEscalation(escalationId: string, action: EscalationAction, note: string): Promise<void> {
  const { verb, ...rest } = action;
  await call(anySchema, `${escalationPath(escalationId)}/${verb}`, { method: "POST", body: { note, ...rest } });
}

function escalationPath(escalationId: string): string {
  return `/v1/escalations/${encodeURIComponent(escalationId)}`;
}
