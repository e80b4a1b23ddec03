import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { alertsKey } from "./alerts.ts";
import { call } from "./client.ts";
import { count, flag, instant, list, moment, text, textMap } from "./fields.ts";
import { anySchema } from "./types.ts";

/** A condition on one label, as Alertmanager's API has it. */
const matcherSchema = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: flag,
  isEqual: z._default(z.boolean(), true),
});
export type Matcher = z.infer<typeof matcherSchema>;

const silenceState = z.catch(z.enum(["active", "pending", "expired"]), "expired");
export type SilenceState = z.infer<typeof silenceState>;

const silenceSchema = z.object({
  silenceId: z.string(),
  state: silenceState,
  matchers: list(matcherSchema),
  start: instant,
  end: instant,
  author: text,
  reason: text,
});
export type Silence = z.infer<typeof silenceSchema>;
const silenceListSchema = z.object({ silences: list(silenceSchema) });

/** All silences: active ones first, then those to come, then those that are over. Below alertsKey, as they change alerts. */
export const silencesQuery = queryOptions({
  queryKey: [...alertsKey, "silences"],
  queryFn: async ({ signal }) => (await call(silenceListSchema, "/v1/silences", { signal })).silences,
  refetchInterval: 30_000,
});

/** A silence as somebody writes it; whoever is logged in is its author. */
export interface SilenceDraft {
  readonly matchers: readonly Matcher[];
  /** RFC 3339; undefined for now. */
  readonly start?: string | undefined;
  readonly end: string;
  readonly reason: string;
}

/** Makes a silence, or changes the one with the id. */
export async function saveSilence(silenceId: string | undefined, draft: SilenceDraft): Promise<void> {
  if (silenceId === undefined) await call(anySchema, "/v1/silences", { method: "POST", body: draft });
  else await call(anySchema, silencePath(silenceId), { method: "PUT", body: draft });
}

/** Ends a silence now. */
export async function expireSilence(silenceId: string): Promise<void> {
  await call(anySchema, silencePath(silenceId), { method: "DELETE" });
}

function silencePath(silenceId: string): string {
  return `/v1/silences/${encodeURIComponent(silenceId)}`;
}

const previewSchema = z.object({
  start: instant,
  end: instant,
  complete: flag,
  alerts: count,
  episodes: count,
  firingMs: count,
  hiddenNotifications: count,
  shorterNotifications: count,
  byAlertname: list(z.object({ alertname: text, alerts: count, episodes: count, notifications: count })),
  byReceiver: list(z.object({ receiver: text, hidden: count, shorter: count })),
  examples: list(z.object({ fingerprint: text, labels: textMap, episodes: count, notifications: count, last: moment })),
});
export type SilencePreview = z.infer<typeof previewSchema>;

/** What a silence with these matchers would have hidden of the last 30 days. */
export function silencePreviewQuery(matchers: readonly Matcher[]) {
  return queryOptions({
    queryKey: ["silence-preview", matchers],
    queryFn: ({ signal }) =>
      call(previewSchema, "/v1/silences/preview", { method: "POST", body: { matchers }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}
