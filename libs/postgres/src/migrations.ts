import { readFileSync } from "node:fs";

export interface Migration {
  /** `NNNN_noun`: the number orders it. */
  readonly name: string;
  /** One or more statements, run in one transaction. */
  readonly sql: string;
}

/** Every migration, oldest first. A new one is one file in ../migrations and one line here; none is ever changed. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "0001_tenancy", sql: readFileSync(new URL("../migrations/0001_tenancy.sql", import.meta.url), "utf8") },
  { name: "0002_targets", sql: readFileSync(new URL("../migrations/0002_targets.sql", import.meta.url), "utf8") },
  { name: "0003_alerting", sql: readFileSync(new URL("../migrations/0003_alerting.sql", import.meta.url), "utf8") },
  { name: "0004_analysis", sql: readFileSync(new URL("../migrations/0004_analysis.sql", import.meta.url), "utf8") },
  { name: "0005_reports", sql: readFileSync(new URL("../migrations/0005_reports.sql", import.meta.url), "utf8") },
  {
    name: "0006_tenant_limits",
    sql: readFileSync(new URL("../migrations/0006_tenant_limits.sql", import.meta.url), "utf8"),
  },
  { name: "0007_retention", sql: readFileSync(new URL("../migrations/0007_retention.sql", import.meta.url), "utf8") },
  { name: "0008_oncall", sql: readFileSync(new URL("../migrations/0008_oncall.sql", import.meta.url), "utf8") },
  { name: "0009_dispatch", sql: readFileSync(new URL("../migrations/0009_dispatch.sql", import.meta.url), "utf8") },
  { name: "0010_rule_files", sql: readFileSync(new URL("../migrations/0010_rule_files.sql", import.meta.url), "utf8") },
  {
    name: "0011_escalation",
    sql: readFileSync(new URL("../migrations/0011_escalation.sql", import.meta.url), "utf8"),
  },
  {
    name: "0012_maintenance",
    sql: readFileSync(new URL("../migrations/0012_maintenance.sql", import.meta.url), "utf8"),
  },
  { name: "0013_incidents", sql: readFileSync(new URL("../migrations/0013_incidents.sql", import.meta.url), "utf8") },
  {
    name: "0014_rule_groups",
    sql: readFileSync(new URL("../migrations/0014_rule_groups.sql", import.meta.url), "utf8"),
  },
  {
    name: "0015_inbound_sources",
    sql: readFileSync(new URL("../migrations/0015_inbound_sources.sql", import.meta.url), "utf8"),
  },
  {
    name: "0016_alert_labels",
    sql: readFileSync(new URL("../migrations/0016_alert_labels.sql", import.meta.url), "utf8"),
  },
  {
    name: "0017_alert_story",
    sql: readFileSync(new URL("../migrations/0017_alert_story.sql", import.meta.url), "utf8"),
  },
  {
    name: "0018_fair_incidents",
    sql: readFileSync(new URL("../migrations/0018_fair_incidents.sql", import.meta.url), "utf8"),
  },
  {
    name: "0019_rule_alerts",
    sql: readFileSync(new URL("../migrations/0019_rule_alerts.sql", import.meta.url), "utf8"),
  },
  { name: "0021_seals", sql: readFileSync(new URL("../migrations/0021_seals.sql", import.meta.url), "utf8") },
  {
    name: "0022_alert_recipients",
    sql: readFileSync(new URL("../migrations/0022_alert_recipients.sql", import.meta.url), "utf8"),
  },
  {
    name: "0023_held_notifications",
    sql: readFileSync(new URL("../migrations/0023_held_notifications.sql", import.meta.url), "utf8"),
  },
  {
    name: "0024_claimed_deliveries",
    sql: readFileSync(new URL("../migrations/0024_claimed_deliveries.sql", import.meta.url), "utf8"),
  },
  {
    name: "0025_given_rules",
    sql: readFileSync(new URL("../migrations/0025_given_rules.sql", import.meta.url), "utf8"),
  },
];
