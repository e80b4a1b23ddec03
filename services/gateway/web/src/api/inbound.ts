import { queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { call } from "./client.ts";
import { attributeMap, count, flag, list, moment, severity, text, textMap } from "./fields.ts";
import { anySchema } from "./types.ts";

export const inboundKey = ["inbound-sources"] as const;

/** Whose format a source sends. */
export const INBOUND_KINDS = ["alertmanager", "grafana", "github", "sentry", "pagerduty", "slack", "generic"] as const;
export type InboundKind = (typeof INBOUND_KINDS)[number];
/** Those that send alerts and events; Slack sends what people press below messages. */
export type TellingKind = Exclude<InboundKind, "slack">;

const settingsSchema = z.object({
  labels: textMap,
  alertsLastSeconds: count,
  issueLabels: list(z.string()),
  mapping: z.optional(z.unknown()),
});
export type InboundSettings = z.infer<typeof settingsSchema>;

const sourceSchema = z.object({
  sourceId: z.string(),
  name: text,
  kind: text,
  settings: settingsSchema,
  hasSecret: flag,
  prefix: text,
  created: moment,
  createdBy: text,
  lastReceived: moment,
  lastProblem: text,
});
export type InboundSource = z.infer<typeof sourceSchema>;
const sourceListSchema = z.object({ sources: list(sourceSchema) });
const addressSchema = z.object({ path: z.string() });

/** All inbound sources. */
export const inboundSourcesQuery = queryOptions({
  queryKey: inboundKey,
  queryFn: async ({ signal }) => (await call(sourceListSchema, "/v1/inbound-sources", { signal })).sources,
  refetchInterval: 15_000,
});

/** Makes a source; the answer is the only place where its address, without the server's name, can be read. */
export async function createSource(
  source: { readonly name: string; readonly kind: InboundKind; readonly secret: string },
  settings: InboundSettings,
): Promise<string> {
  const body = { ...source, settings };
  return (await call(addressSchema, "/v1/inbound-sources", { method: "POST", body })).path;
}

/** Changes a source. Without a secret it keeps the one that it has; "" takes it away. */
export async function changeSource(
  sourceId: string,
  change: { readonly name: string; readonly secret: string | undefined },
  settings: InboundSettings,
): Promise<void> {
  await call(anySchema, sourcePath(sourceId), { method: "PUT", body: { ...change, settings } });
}

/** Gives a source another address, as createSource answers it; the one before is nobody's. */
export async function renewSource(sourceId: string): Promise<string> {
  return (await call(addressSchema, `${sourcePath(sourceId)}/token`, { method: "POST", body: {} })).path;
}

/** Removes a source: its address is nobody's. */
export async function deleteSource(sourceId: string): Promise<void> {
  await call(anySchema, sourcePath(sourceId), { method: "DELETE" });
}

const toldSchema = z.object({
  alerts: list(
    z.object({ status: text, labels: textMap, annotations: textMap, startsAt: moment, endsAt: moment, link: text }),
  ),
  events: list(
    z.object({
      eventType: text,
      severity,
      category: text,
      target: text,
      title: text,
      description: text,
      details: attributeMap,
      time: moment,
    }),
  ),
  dropped: list(z.object({ reason: text, what: text, count })),
});
export type Told = z.infer<typeof toldSchema>;

/** A payload to be tried: nothing is kept and nobody told. */
export interface Trial {
  readonly kind: TellingKind;
  readonly name?: string;
  readonly settings: InboundSettings;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** Says what a payload would become. */
export function trySource(trial: Trial): Promise<Told> {
  return call(toldSchema, "/v1/inbound-sources/try", { method: "POST", body: trial });
}

function sourcePath(sourceId: string): string {
  return `/v1/inbound-sources/${encodeURIComponent(sourceId)}`;
}
