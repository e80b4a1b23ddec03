/** What the gateway answers about alerts as they are routed; see types.ts. */
import * as z from "zod/mini";
import { care } from "./care.ts";
import { count, instant, list, text, textMap } from "./fields.ts";

export const groupedState = z.catch(z.enum(["firing", "acknowledged", "suppressed"]), "firing");
export type GroupedState = z.infer<typeof groupedState>;

export const groupedAlertSchema = z.object({
  fingerprint: z.string(),
  labels: textMap,
  annotations: textMap,
  startsAt: instant,
  updatedAt: instant,
  generatorUrl: text,
  state: groupedState,
  silencedBy: list(z.string()),
  inhibitedBy: list(z.string()),
  maintenanceBy: list(z.string()),
  mutedBy: list(z.string()),
  care,
});
export type GroupedAlert = z.infer<typeof groupedAlertSchema>;

export const alertGroupSchema = z.object({
  groupId: z.string(),
  groupKey: z.string(),
  receiver: text,
  labels: textMap,
  mutedBy: list(z.string()),
  due: instant,
  firing: count,
  acknowledged: count,
  suppressed: count,
  severity: text,
  newest: instant,
  care,
  alerts: list(groupedAlertSchema),
});
export type AlertGroup = z.infer<typeof alertGroupSchema>;

export const alertGroupPageSchema = z.object({
  groups: list(alertGroupSchema),
  totalGroups: count,
  firing: count,
  acknowledged: count,
  suppressed: count,
});
export type AlertGroupPage = z.infer<typeof alertGroupPageSchema>;

export const groupedAlertPageSchema = z.object({ alerts: list(groupedAlertSchema), total: count });

export const routedAlertSchema = z.object({ alert: groupedAlertSchema, groups: list(alertGroupSchema) });
export type RoutedAlert = z.infer<typeof routedAlertSchema>;
