import { readFileSync } from "node:fs";
import { type Severity, severityRank } from "@sightline/model/severity";
import type { Sql } from "@sightline/postgres/pool";
import { putInbox } from "../dispatch/inbox.ts";
import type { AlertState } from "../evaluate/decide.ts";
import { type Alert, alertRow } from "./alert.ts";
import type { Labels } from "./labels.ts";
import { routedEntry } from "./routed-entry.ts";

const insertAlertSql = readFileSync(new URL("./sql/insert-alert.sql", import.meta.url), "utf8");
const moveAlertSql = readFileSync(new URL("./sql/move-alert.sql", import.meta.url), "utf8");
const insertChangeSql = readFileSync(new URL("./sql/insert-change.sql", import.meta.url), "utf8");
const insertFiringSql = readFileSync(new URL("./sql/insert-firing-notifications.sql", import.meta.url), "utf8");
const insertResolvedSql = readFileSync(new URL("./sql/insert-resolved-notifications.sql", import.meta.url), "utf8");

/** What an alert that is about to begin is about. */
export interface AlertDraft {
  readonly tenant: string;
  /** A UUIDv7. */
  readonly alertId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly summary: string;
}

/** One step in the life of an alert. */
export interface Step {
  readonly to: AlertState;
  /** Why, as a fixed word. */
  readonly reason: string;
  /** The user, or "rule". */
  readonly actor: string;
  readonly note: string;
  readonly value: number;
  readonly atMs: number;
  /** Whom to tell when it fires; whom to tell when it is over follows from that. */
  readonly channels: readonly string[];
  /** What it says from now on; unset: what it said before. */
  readonly summary?: string;
  readonly annotations?: Labels;
}

/** Who moves alerts when their rules do. */
export const RULE_ACTOR = "rule";

/**
 * Begins an alert with everything that belongs to it: history and notifications to send. Undefined when the thing has
 * an open alert already, or the rule is no more. Only within a transaction.
 */
export async function beginAlert(tx: Sql, draft: AlertDraft, step: Step): Promise<Alert | undefined> {
  const [alert] = await tx.query(
    insertAlertSql,
    [
      draft.tenant,
      draft.alertId,
      draft.ruleId,
      draft.ruleName,
      draft.fingerprint,
      step.to,
      severityRank(draft.severity),
      JSON.stringify(draft.labels),
      JSON.stringify(draft.annotations),
      draft.summary,
      step.value,
      new Date(step.atMs),
    ],
    alertRow,
  );
  if (alert !== undefined) await recordStep(tx, alert, "", step);
  return alert;
}

/**
 * Moves an alert on, with everything that belongs to it. Undefined when it is not in the state we knew any more:
 * somebody else moved it first. Only within a transaction.
 */
export async function moveAlert(tx: Sql, known: Alert, step: Step): Promise<Alert | undefined> {
  const by = step.actor === RULE_ACTOR ? "" : step.actor;
  const [alert] = await tx.query(
    moveAlertSql,
    [
      known.tenant,
      known.alertId,
      known.state,
      step.to,
      step.value,
      step.summary ?? null,
      step.annotations === undefined ? null : JSON.stringify(step.annotations),
      new Date(step.atMs),
      by,
    ],
    alertRow,
  );
  if (alert !== undefined) await recordStep(tx, alert, known.state, step);
  return alert;
}

async function recordStep(tx: Sql, alert: Alert, from: AlertState | "", step: Step): Promise<void> {
  const { tenant, alertId, ruleId } = alert;
  const at = new Date(step.atMs);
  const { to, reason, actor, note, value } = step;
  await tx.execute(insertChangeSql, [tenant, alertId, at, from, to, reason, actor, note, value]);
  if (to === "firing") await tx.execute(insertFiringSql, [tenant, alertId, ruleId, [...step.channels], at]);
  if (to === "resolved") await tx.execute(insertResolvedSql, [tenant, alertId, at]);
  const routed = routedEntry(alert, step);
  if (routed !== undefined) await putInbox(tx, tenant, routed, step.atMs);
}
