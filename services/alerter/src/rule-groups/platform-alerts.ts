import { readFileSync } from "node:fs";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Labels } from "@sightline/rules/labels";
import { type Alert, alertRow } from "../alerts/alert.ts";
import { type AlertTransition, storableLabels } from "./alert-transition.ts";
import { ruleIdOf } from "./group-id.ts";
import { writeTransitions } from "./transition-store.ts";

const openPlatformAlertsSql = readFileSync(new URL("./sql/open-platform-alerts.sql", import.meta.url), "utf8");

/** What Sightline itself cannot do for a tenant. */
export interface PlatformTrouble {
  readonly tenant: string;
  readonly name: string;
  /** What it is about, beside its name. */
  readonly labels: Labels;
  readonly summary: string;
  readonly description: string;
  readonly sinceMs: number;
  /** Nobody can say yet: there is an alert for it only where there was one. */
  readonly isUncertain?: boolean;
}

export interface PlatformAlertsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Has an alert for each trouble, and none for what is over: whichever replica finds it out, it is the same alert. Resolves to how many alerts
 * were moved.
 */
export async function keepPlatformAlerts(
  troubles: readonly PlatformTrouble[],
  { sql, clock, newId }: PlatformAlertsOptions,
): Promise<number> {
  const open = await sql.query(openPlatformAlertsSql, [], alertRow);
  const nowMs = clock();
  const wanted = new Map(troubles.map((trouble) => [keyOf(identify(trouble)), trouble]));
  const known = new Set(open.map(keyOf));
  const steps = [
    ...[...wanted]
      .filter(([key, { isUncertain }]) => !known.has(key) && isUncertain !== true)
      .map(([, trouble]) => beginning(trouble, nowMs)),
    ...open.filter((alert) => !wanted.has(keyOf(alert))).map((alert) => ending(alert, nowMs)),
  ];
  let moved = 0;
  for (const [tenant, of] of Map.groupBy(steps, (step) => step.tenant)) {
    const transitions = of.map(({ transition }) => transition);
    moved += await sql.transaction((tx) => writeTransitions(tx, tenant, transitions, { nowMs, newId }));
  }
  return moved;
}

interface TenantStep {
  readonly tenant: string;
  readonly transition: AlertTransition;
}

function keyOf({ tenant, ruleId, fingerprint }: Pick<Alert, "tenant" | "ruleId" | "fingerprint">): string {
  return JSON.stringify([tenant, ruleId, fingerprint]);
}

function identify({ tenant, name, labels }: PlatformTrouble) {
  const all = storableLabels({ ...labels, alertname: name, severity: "critical", source: "sightline" });
  const ruleId = ruleIdOf({ tenant, file: "", group: "" }, name);
  return { tenant, ruleId, labels: all, fingerprint: fingerprintOf(all) };
}

function beginning(trouble: PlatformTrouble, nowMs: number): TenantStep {
  const { tenant, name, summary, description, sinceMs } = trouble;
  const { ruleId, labels, fingerprint } = identify(trouble);
  const about = { origin: "platform", ruleId, ruleName: name, file: "", group: "", labels, fingerprint } as const;
  const annotations = storableLabels({ summary, description });
  const when = { atMs: Math.min(sinceMs, nowMs), foundMs: nowMs };
  const why = { reason: "trouble_began", note: annotations["description"] ?? "" };
  const transition = {
    ...about,
    ...when,
    ...why,
    annotations,
    to: "firing",
    value: 1,
    channels: [],
    recipients: [],
    severity: "critical",
    summary,
  } as const;
  return { tenant, transition };
}

function ending(alert: Alert, nowMs: number): TenantStep {
  const { tenant, ruleId, ruleName, labels, annotations, fingerprint, severity, summary } = alert;
  const about = {
    origin: "platform",
    ruleId,
    ruleName,
    file: "",
    group: "",
    labels,
    annotations,
    fingerprint,
  } as const;
  const step = {
    to: "resolved",
    reason: "trouble_ended",
    note: "",
    value: 0,
    atMs: nowMs,
    foundMs: nowMs,
    channels: [],
    recipients: [],
  } as const;
  return { tenant, transition: { ...about, ...step, severity, summary } };
}
