/** What the gateway answers about alerts, rules and channels; see types.ts. */
import * as z from "zod/mini";
import { care } from "./care.ts";
import { count, flag, instant, list, moment, severity, text, textMap } from "./fields.ts";

export const alertState = z.catch(z.enum(["pending", "firing", "acknowledged", "resolved"]), "pending");
export type AlertState = z.infer<typeof alertState>;

export const alertSchema = z.object({
  alertId: z.string(),
  ruleId: text,
  ruleName: text,
  ruleFile: text,
  ruleGroup: text,
  fingerprint: text,
  state: alertState,
  severity,
  labels: textMap,
  annotations: textMap,
  summary: text,
  value: count,
  pendingSince: moment,
  firedAt: moment,
  acknowledgedAt: moment,
  acknowledgedBy: text,
  resolvedAt: moment,
  resolvedBy: text,
  care,
});
export type Alert = z.infer<typeof alertSchema>;
export const alertListSchema = z.object({ alerts: list(alertSchema), totalActiveAlerts: count });

export const alertDetailSchema = z.object({
  alert: alertSchema,
  history: list(
    z.object({
      time: instant,
      fromState: z._default(z.nullable(z.string()), null),
      toState: alertState,
      actor: text,
      note: text,
    }),
  ),
  notifications: list(
    z.object({ time: instant, channel: text, status: text, attempt: count, delivered: flag, outcome: text }),
  ),
});
export type AlertDetail = z.infer<typeof alertDetailSchema>;

export const comparison = z.catch(
  z.enum(["greater", "greater_or_equal", "less", "less_or_equal", "equal", "not_equal"]),
  "greater",
);
export type Comparison = z.infer<typeof comparison>;

const metricConditionSchema = z.object({
  query: z.object({
    metric: text,
    matchers: list(z.string()),
    function: z.optional(z.string()),
    windowSeconds: count,
    aggregation: z.optional(z.string()),
    groupBy: list(z.string()),
  }),
  comparison,
  threshold: count,
  forSeconds: count,
});

const eventConditionSchema = z.object({
  expression: text,
  thresholdCount: count,
  thresholdWindowSeconds: count,
  groupBy: list(z.string()),
  resolveExpression: text,
});

export const ruleSchema = z.object({
  ruleId: text,
  name: text,
  description: text,
  severity,
  metric: z.optional(metricConditionSchema),
  event: z.optional(eventConditionSchema),
  labels: textMap,
  annotations: textMap,
  channels: list(z.string()),
  enabled: flag,
  lastEvaluated: moment,
  lastError: text,
});
export type Rule = z.infer<typeof ruleSchema>;
export const ruleListSchema = z.object({ rules: list(ruleSchema) });

export const channelSchema = z.object({
  name: z.string(),
  console: z.optional(z.unknown()),
  webhook: z.optional(
    z.object({
      url: text,
      timeoutMs: count,
      retryAttempts: count,
      retryDelayMs: count,
      bearerToken: text,
      hasBearerToken: flag,
    }),
  ),
});
export type Channel = z.infer<typeof channelSchema>;
export const channelListSchema = z.object({ channels: list(channelSchema) });
export const channelTestSchema = z.object({ delivered: flag, outcome: text });
