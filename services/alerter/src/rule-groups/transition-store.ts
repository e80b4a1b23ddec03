import { readFileSync } from "node:fs";
import { severityRank } from "@sightline/model/severity";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { type Alert, alertRow, alertState } from "../alerts/alert.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import { RULE_ACTOR } from "../alerts/step.ts";
import { putInbox } from "../dispatch/inbox.ts";
import type { AlertTransition, AlertValue } from "./alert-transition.ts";
import { ALIVE_MS } from "./resend-alerts.ts";

const beginAlertsSql = readFileSync(new URL("./sql/begin-alerts.sql", import.meta.url), "utf8");
const fireAlertsSql = readFileSync(new URL("./sql/fire-alerts.sql", import.meta.url), "utf8");
const endAlertsSql = readFileSync(new URL("./sql/end-alerts.sql", import.meta.url), "utf8");
const insertAlertChangesSql = readFileSync(new URL("./sql/insert-alert-changes.sql", import.meta.url), "utf8");
const tellChannelsSql = readFileSync(new URL("./sql/tell-channels.sql", import.meta.url), "utf8");
const tellChannelsOfEndSql = readFileSync(new URL("./sql/tell-channels-of-end.sql", import.meta.url), "utf8");
const refreshAlertsSql = readFileSync(new URL("./sql/refresh-alerts.sql", import.meta.url), "utf8");

export interface TransitionStoreOptions {
  readonly nowMs: number;
  readonly newId: () => string;
}

/** An alert that was moved, and what it was before; "" for one that is new. */
interface Moved {
  readonly alert: Alert;
  readonly from: Alert["state"] | "";
  readonly transition: AlertTransition;
}

const movedRow = z.looseObject({ from_state: z.union([alertState, z.literal("")]) }).transform((row) => ({
  alert: alertRow.parse(row),
  from: row.from_state,
}));

/** Rows of one statement, and alerts of one entry of the inbox. */
const maxRows = 1000;
const maxAlertsPerEntry = 200;

/**
 * Carries out steps of a tenant's alerts with all that belongs to them: their rows, their history, and what is told to the routes. What a row
 * says already is left out, so that the same steps may be carried out again. Resolves to how many alerts were moved. Only within a transaction.
 */
export async function writeTransitions(
  tx: Sql,
  tenant: string,
  transitions: readonly AlertTransition[],
  options: TransitionStoreOptions,
): Promise<number> {
  let moved = 0;
  const brief: Brief = { steps: briefSteps(transitions), told: new Set() };
  for (const wave of wavesOf(transitions)) {
    for (let at = 0; at < wave.length; at += maxRows) {
      moved += await writeWave(tx, tenant, wave.slice(at, at + maxRows), { ...options, brief });
    }
  }
  return moved;
}

/** Alerts of which it is found out that they fire when they are over already. */
interface Brief {
  /** Their beginnings and their ends. */
  readonly steps: ReadonlySet<AlertTransition>;
  /** Those that routes were told of, by key: they end there by themselves. */
  readonly told: Set<string>;
}

interface WaveOptions extends TransitionStoreOptions {
  readonly brief: Brief;
}

function briefSteps(transitions: readonly AlertTransition[]): ReadonlySet<AlertTransition> {
  const steps = new Set<AlertTransition>();
  const before = new Map<string, AlertTransition>();
  for (const transition of transitions) {
    const last = before.get(keyOf(transition));
    if (last?.to === "firing" && transition.to === "resolved") steps.add(last).add(transition);
    before.set(keyOf(transition), transition);
  }
  return steps;
}

/** Steps of different alerts, which can be carried out together; the second step of an alert is in a later wave than its first. */
function wavesOf(transitions: readonly AlertTransition[]): readonly (readonly AlertTransition[])[] {
  const waves: AlertTransition[][] = [];
  const stepsOf = new Map<string, number>();
  for (const transition of transitions) {
    const key = keyOf(transition);
    const at = stepsOf.get(key) ?? 0;
    stepsOf.set(key, at + 1);
    const wave = waves[at] ?? [];
    waves[at] = wave;
    wave.push(transition);
  }
  return waves;
}

function keyOf({ ruleId, fingerprint }: Pick<AlertTransition, "ruleId" | "fingerprint">): string {
  return `${ruleId} ${fingerprint}`;
}

async function writeWave(
  tx: Sql,
  tenant: string,
  wave: readonly AlertTransition[],
  options: WaveOptions,
): Promise<number> {
  const byKey = new Map(wave.map((transition) => [keyOf(transition), transition]));
  const run = async (text: string, chosen: readonly AlertTransition[]): Promise<Moved[]> => {
    if (chosen.length === 0) return [];
    const rows = await tx.query(text, [tenant, JSON.stringify(chosen.map((one) => rowOf(one, options)))], movedRow);
    return rows.flatMap(({ alert, from }) => {
      const transition = byKey.get(keyOf(alert));
      return transition === undefined ? [] : [{ alert, from, transition }];
    });
  };
  const ended = await run(
    endAlertsSql,
    wave.filter(({ to }) => to === "resolved"),
  );
  const firing = wave.filter(({ to }) => to === "firing");
  const waited = await run(fireAlertsSql, firing);
  const had = new Set(waited.map(({ alert }) => keyOf(alert)));
  const begun = await run(
    beginAlertsSql,
    wave.filter((one) => one.to === "pending" || (one.to === "firing" && !had.has(keyOf(one)))),
  );
  const moved = [...ended, ...waited, ...begun];
  if (moved.length === 0) return 0;
  await tx.execute(insertAlertChangesSql, [tenant, JSON.stringify(moved.map(changeOf))]);
  await tellRoutes(tx, tenant, moved, options);
  await tellChannels(tx, tenant, moved, options);
  return moved.length;
}

function rowOf(transition: AlertTransition, { newId }: TransitionStoreOptions): object {
  const { ruleId, ruleName, fingerprint, to, severity, labels, annotations, summary, value, atMs } = transition;
  return {
    alert_id: newId(),
    rule_id: ruleId,
    rule_name: ruleName,
    fingerprint,
    state: to,
    severity: severityRank(severity),
    labels,
    annotations,
    summary,
    value: textOf(value),
    moved_at: new Date(atMs),
    origin: transition.origin,
    rule_file: transition.file,
    rule_group: transition.group,
    recipients: transition.recipients,
  };
}

/** A number as Postgres reads it: JSON has no NaN. */
function textOf(value: number): string {
  return String(value);
}

function changeOf({ alert, from, transition }: Moved): object {
  const { to, reason, note, value, foundMs } = transition;
  const common = { alert_id: alert.alertId, changed_at: new Date(foundMs), from_state: from, to_state: to };
  return { ...common, reason, actor: RULE_ACTOR, note, value: textOf(value) };
}

/** Hands on what routes have to know: what fires, and what has fired and is over. */
async function tellRoutes(
  tx: Sql,
  tenant: string,
  moved: readonly Moved[],
  { nowMs, brief }: WaveOptions,
): Promise<void> {
  const fires = moved.filter(({ transition }) => transition.to === "firing");
  const isEnd = ({ alert, transition }: Moved) => transition.to === "resolved" && alert.firedAt !== null;
  const ended = moved
    .filter(isEnd)
    .filter(({ transition }) => !(brief.steps.has(transition) && brief.told.has(keyOf(transition))));
  for (const { transition } of fires) if (brief.steps.has(transition)) brief.told.add(keyOf(transition));
  for (let at = 0; at < fires.length; at += maxAlertsPerEntry) {
    const alerts = fires.slice(at, at + maxAlertsPerEntry).map(({ alert, transition }) => ({
      ...posted(alert, nowMs),
      endsAtMs: nowMs + ALIVE_MS,
      ...(brief.steps.has(transition) && { isOver: true as const }),
    }));
    await putInbox(tx, tenant, { kind: "alerts", alerts }, nowMs);
  }
  for (let at = 0; at < ended.length; at += maxAlertsPerEntry) {
    const alerts = ended.slice(at, at + maxAlertsPerEntry).map(({ alert }) => posted(alert, nowMs));
    await putInbox(tx, tenant, { kind: "ended", alerts }, nowMs);
  }
}

async function tellChannels(
  tx: Sql,
  tenant: string,
  moved: readonly Moved[],
  { nowMs }: TransitionStoreOptions,
): Promise<void> {
  const fires = moved.filter(({ transition }) => transition.to === "firing" && transition.channels.length > 0);
  if (fires.length > 0) {
    const rows = fires.map(({ alert: { alertId, ruleId }, transition: { channels } }) => {
      return { alert_id: alertId, rule_id: ruleId, channels };
    });
    await tx.execute(tellChannelsSql, [tenant, JSON.stringify(rows), new Date(nowMs)]);
  }
  const ended = moved.filter(({ transition }) => transition.to === "resolved").map(({ alert }) => alert.alertId);
  if (ended.length > 0) await tx.execute(tellChannelsOfEndSql, [tenant, ended, new Date(nowMs)]);
}

function posted(alert: Alert, nowMs: number) {
  const { annotations, firedAt, recipients } = alert;
  const startsAtMs = Math.min(firedAt?.getTime() ?? nowMs, nowMs);
  return { labels: routedLabels(alert), annotations, startsAtMs, recipients };
}

/** Keeps what alerts that go on as they are come to by now. */
export async function writeValues(tx: Sql, tenant: string, values: readonly AlertValue[]): Promise<void> {
  for (let at = 0; at < values.length; at += maxRows) {
    const rows = values
      .slice(at, at + maxRows)
      .map(({ ruleId, fingerprint, value, annotations, summary, recipients }) => ({
        rule_id: ruleId,
        fingerprint,
        value: textOf(value),
        annotations,
        summary,
        recipients,
      }));
    await tx.execute(refreshAlertsSql, [tenant, JSON.stringify(rows)]);
  }
}
