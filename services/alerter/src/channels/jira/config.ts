import { jiraConfig } from "@sightline/alertmanager/config/integrations/jira";
import { z } from "zod";
import { commonHttpSettings, plainUrl, template } from "../settings.ts";

const { initial } = jiraConfig;

const field = (text: string) =>
  z
    .strictObject({ template: template.default(text), enableUpdate: z.boolean().optional() })
    .prefault({ template: text });

/** Alertmanager's jira_config with its defaults. */
export const jiraSettings = z.strictObject({
  ...commonHttpSettings({ timeoutMs: 20_000 }),
  /** Up to the version: `https://host/rest/api/2`. */
  apiUrl: plainUrl,
  /** Which search there is; `auto` tells by the host. */
  apiType: z.enum(["auto", "cloud", "datacenter"]).default("auto"),
  project: template.min(1),
  summary: field(initial.summary.template),
  description: field(initial.description.template),
  labels: z.array(template).max(100).default([]),
  priority: template.default(initial.priority),
  issueType: template.min(1),
  reopenTransition: z.string().max(255).default(""),
  resolveTransition: z.string().max(255).default(""),
  wontFixResolution: z.string().max(255).default(""),
  reopenDurationMs: z.number().min(0).default(0),
  fields: z.record(z.string().max(255), z.json()).default({}),
});
export type JiraSettings = z.infer<typeof jiraSettings>;
