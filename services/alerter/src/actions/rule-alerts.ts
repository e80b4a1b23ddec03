import { readFileSync } from "node:fs";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Sql } from "@sightline/postgres/pool";
import { type Alert, alertRow } from "../alerts/alert.ts";
import { routedLabels } from "../alerts/routed-entry.ts";

const openAlertsNamedSql = readFileSync(new URL("./sql/open-alerts-named.sql", import.meta.url), "utf8");

/** An alert that is routed. */
export interface Routed {
  readonly fingerprint: string;
  readonly labels: Labels;
}

/** Those of routed alerts that are of rules, and have fired. What others sent has none. */
export async function ruleAlertsOf(sql: Sql, tenant: string, routed: readonly Routed[]): Promise<Alert[]> {
  const names = new Set(routed.map(({ labels }) => labels["alertname"] ?? ""));
  const fingerprints = new Set(routed.map(({ fingerprint }) => fingerprint));
  const rows = await sql.query(openAlertsNamedSql, [tenant, [...names], [...fingerprints]], alertRow);
  return rows.filter((alert) => fingerprints.has(fingerprintOf(routedLabels(alert))));
}
