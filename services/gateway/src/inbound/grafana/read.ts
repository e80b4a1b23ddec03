import { z } from "zod";
import { anyList, optionalText, optionalTime, textsByName } from "../fields.ts";
import { readEach, readWith } from "../read-with.ts";
import type { Dropped } from "../told.ts";

const alert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: textsByName,
  annotations: textsByName.nullish().transform((value) => value ?? {}),
  startsAt: optionalTime,
  endsAt: optionalTime,
  generatorURL: optionalText,
  dashboardURL: optionalText,
  panelURL: optionalText,
  silenceURL: optionalText,
  valueString: optionalText,
});
export type UnifiedAlert = z.infer<typeof alert>;

const unified = z.object({
  alerts: anyList,
  truncatedAlerts: z
    .number()
    .int()
    .min(0)
    .nullish()
    .transform((count) => count ?? 0),
});

const legacy = z.object({
  ruleId: z.union([z.string(), z.number()]),
  ruleName: z.string().min(1),
  state: z.enum(["alerting", "ok", "no_data", "pending", "paused", "keep_state", "unknown"]),
  title: optionalText,
  message: optionalText,
  ruleUrl: optionalText,
  tags: textsByName.nullish().transform((value) => value ?? {}),
});
export type LegacyAlert = z.infer<typeof legacy>;

export type ReadGrafana =
  | { readonly kind: "unified"; readonly alerts: readonly UnifiedAlert[]; readonly dropped: readonly Dropped[] }
  | { readonly kind: "legacy"; readonly alert: LegacyAlert };

/** Grafana's webhook: that of unified alerting, or that of the alerting of boards before version 11. */
export function readGrafana(payload: unknown): ReadGrafana {
  const isLegacy = typeof payload === "object" && payload !== null && "ruleName" in payload;
  if (isLegacy) return { kind: "legacy", alert: readWith(legacy, payload, "webhook of Grafana's legacy alerting") };
  const { alerts, truncatedAlerts } = readWith(unified, payload, "webhook of Grafana");
  const { read, dropped } = readEach(alert, alerts, "alert");
  const cut: Dropped[] =
    truncatedAlerts === 0 ? [] : [{ reason: "cut_by_sender", what: "by max_alerts", count: truncatedAlerts }];
  return { kind: "unified", alerts: read, dropped: [...dropped, ...cut] };
}
