import { opsgenieConfig } from "@sightline/alertmanager/config/integrations/opsgenie";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const responder = z
  .strictObject({
    id: template.default(""),
    name: template.default(""),
    username: template.default(""),
    type: z.union([z.string().max(4096).includes("{{"), z.enum(["team", "teams", "user", "escalation", "schedule"])]),
  })
  .refine(({ id, name, username }) => id !== "" || name !== "" || username !== "", {
    message: "expected at least one of id, username and name",
  });

const { initial } = opsgenieConfig;

/** Alertmanager's opsgenie_config with its defaults. */
export const opsgenieSettings = z.strictObject({
  ...commonHttpSettings(),
  /** May hold templates. */
  apiKey: secretText,
  apiUrl: plainUrl.default("https://api.opsgenie.com/"),
  message: template.default(initial.message),
  description: template.default(initial.description),
  source: template.default(initial.source),
  details: z.record(z.string().max(1024), template).default({}),
  entity: template.default(""),
  responders: z.array(responder).max(50).default([]),
  /** Separated by commas. */
  actions: template.default(""),
  /** Separated by commas. */
  tags: template.default(""),
  note: template.default(""),
  /** P1 to P5. */
  priority: template.default(""),
  /** An alert that is open already gets the newest message and description. */
  updateAlerts: z.boolean().default(false),
});
export type OpsgenieSettings = z.infer<typeof opsgenieSettings>;
