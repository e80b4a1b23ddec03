import { type Fail, list, mapOf, optional, type StructOf, struct } from "../codec.ts";
import { durationMs, flag, json, text, url } from "../values.ts";
import { notifier } from "./notifier.ts";

function jiraField(name: string, template: string) {
  return struct(
    name,
    { template: text(template), enableUpdate: optional(flag(false)) },
    { short: (node, context) => ({ template: text().read(node, context), enableUpdate: undefined }) },
  );
}

const fields = {
  ...notifier(true),
  apiUrl: url,
  apiType: text("auto"),
  project: text(),
  summary: jiraField("summary", '{{ template "jira.default.summary" . }}'),
  description: jiraField("description", '{{ template "jira.default.description" . }}'),
  labels: list(text()),
  priority: text('{{ template "jira.default.priority" . }}'),
  issueType: text(),
  reopenTransition: text(),
  resolveTransition: text(),
  wontFixResolution: text(),
  reopenDurationMs: durationMs(),
  fields: mapOf(json),
};

export type JiraConfig = StructOf<typeof fields>;

/** Issues of Jira (notify/jira). */
export const jiraConfig = struct("jira_configs", fields, { finish });

function finish(config: JiraConfig, fail: Fail): JiraConfig {
  if (config.project === "") fail("missing project in jira_config");
  if (config.issueType === "") fail("missing issue_type in jira_config");
  if (!["auto", "cloud", "datacenter"].includes(config.apiType)) {
    fail("unknown api_type on jira_config, must be auto, cloud or datacenter", "api_type");
  }
  return config;
}
