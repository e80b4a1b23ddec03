import { readFileSync } from "node:fs";
import type { Doing } from "@sightline/alertmanager/dispatch/care";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { type Alert, alertRow } from "../alerts/alert.ts";
import { forgetWindow } from "../alerts/alert-store.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import { moveAlert } from "../alerts/step.ts";
import { putInbox } from "../dispatch/inbox.ts";

const unacknowledgeSql = readFileSync(new URL("./sql/unacknowledge-alert.sql", import.meta.url), "utf8");
const insertEndedByHandSql = readFileSync(new URL("./sql/insert-ended-by-hand.sql", import.meta.url), "utf8");
const insertChangeSql = readFileSync(new URL("../alerts/sql/insert-change.sql", import.meta.url), "utf8");

/** Acknowledges an alert of a rule that fires; one that is acknowledged stays so. Throws failed_precondition. */
export async function acknowledgeAlert(tx: Sql, alert: Alert, doing: Doing): Promise<Alert> {
  if (alert.state === "acknowledged") return alert;
  if (alert.state !== "firing") throw refused("acknowledge", alert, "one that fires");
  return byHand(tx, alert, "acknowledged", doing);
}

/** Makes an alert that is acknowledged fire as it did; one that fires goes on. Throws failed_precondition. */
export async function unacknowledgeAlert(tx: Sql, alert: Alert, doing: Doing): Promise<Alert> {
  assertFires("unacknowledge", alert);
  if (alert.state === "firing") return alert;
  const { tenant, alertId, value } = alert;
  const [moved] = await tx.query(unacknowledgeSql, [tenant, alertId], alertRow);
  if (moved === undefined) throw changedMeanwhile(alert);
  const { by, note, atMs } = doing;
  const change = [new Date(atMs), "acknowledged", "firing", "by_hand", by, note, value];
  await tx.execute(insertChangeSql, [tenant, alertId, ...change]);
  const target = { fingerprint: fingerprintOf(routedLabels(alert)) };
  await putInbox(tx, tenant, { kind: "unacknowledge", target, doing }, atMs);
  return moved;
}

/** Resolves an alert of a rule that is not over; what its rule still finds begins anew. Throws failed_precondition. */
export async function resolveAlert(tx: Sql, alert: Alert, doing: Doing): Promise<Alert> {
  if (alert.state === "resolved") throw refused("resolve", alert, "one that is not");
  await forgetWindow(tx, alert);
  if (alert.origin === "rule_file") {
    const { tenant, alertId, ruleId, ruleFile, ruleGroup, fingerprint } = alert;
    const about = [tenant, alertId, ruleId, ruleFile, ruleGroup, fingerprint];
    await tx.execute(insertEndedByHandSql, [...about, new Date(doing.atMs)]);
  }
  const target = { fingerprint: fingerprintOf(routedLabels(alert)) };
  await putInbox(tx, alert.tenant, { kind: "resolve", target, doing }, doing.atMs);
  return byHand(tx, alert, "resolved", doing);
}

/** Throws failed_precondition for one that waits or is over. */
export function assertFires(verb: string, alert: Alert): void {
  if (alert.state === "firing" || alert.state === "acknowledged") return;
  throw refused(verb, alert, "one that fires");
}

async function byHand(tx: Sql, alert: Alert, to: "acknowledged" | "resolved", { by, note, atMs }: Doing) {
  const step = { to, reason: "by_hand", actor: by, note, value: alert.value, atMs, channels: [] };
  const moved = await moveAlert(tx, alert, step);
  if (moved === undefined) throw changedMeanwhile(alert);
  return moved;
}

function changedMeanwhile({ alertId }: Alert): AppError {
  return new AppError("unavailable", `cannot change alert ${alertId}: it changed at the same moment, try again`);
}

function refused(verb: string, { alertId, state }: Alert, want: string): AppError {
  return new AppError("failed_precondition", `cannot ${verb} alert ${alertId}: it is ${state}, want ${want}`);
}
