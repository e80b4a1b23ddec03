import { victoropsConfig } from "@sightline/alertmanager/config/integrations/victorops";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const { initial } = victoropsConfig;

const reserved = new Set(
  "routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state".split(" "),
);

/** Alertmanager's victorops_config with its defaults. */
export const victoropsSettings = z.strictObject({
  ...commonHttpSettings(),
  apiKey: secretText,
  apiUrl: plainUrl.default("https://alert.victorops.com/integrations/generic/20131114/alert/"),
  routingKey: template.min(1),
  messageType: template.default(initial.messageType),
  stateMessage: template.default(initial.stateMessage),
  entityDisplayName: template.default(initial.entityDisplayName),
  monitoringTool: template.default(initial.monitoringTool),
  customFields: z
    .record(z.string().max(255), template)
    .refine((all) => !Object.keys(all).some((name) => reserved.has(name)), "a field that VictorOps has itself is set")
    .default({}),
});
export type VictoropsSettings = z.infer<typeof victoropsSettings>;
