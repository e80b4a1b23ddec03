import { readFileSync } from "node:fs";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { putInbox } from "./inbox.ts";
import { HOW_IT_ENDS, RECEIVER_UNREACHABLE } from "./receiver-health.ts";
import { storable } from "./storable.ts";

const hasFiringAlertSql = readFileSync(new URL("./sql/has-firing-alert.sql", import.meta.url), "utf8");

/** Who is told beside the routes: a channel that rules name, or an integration by which an escalation tells somebody. */
export type Outlet =
  | { readonly kind: "channel"; readonly channel: string }
  | {
      readonly kind: "integration";
      readonly receiver: string;
      /** Such as `email[0]`. */
      readonly integration: string;
      /** Whose address is told there; "" where the receiver leads by itself. */
      readonly user: string;
    };

/** What came of telling it. */
export interface OutletFailure {
  readonly outcome: string;
  readonly nowMs: number;
}

/** Nobody says when nothing is to be told there any more: the alert ends by itself then. The next failure begins it anew. */
const LASTS_MS = 24 * 3_600_000;

/**
 * Has an alert for an outlet that takes nothing, which goes the way of all alerts; the same as that of a route's integration where it is one.
 * To be called when it is given up, or fails for a while.
 */
export async function raiseOutlet(sql: Sql, tenant: string, outlet: Outlet, failure: OutletFailure): Promise<void> {
  const { outcome, nowMs } = failure;
  const labels = labelsOf(outlet);
  // However many notices fail: the alert is there.
  if (await isFiring(sql, tenant, labels, nowMs + LASTS_MS / 2)) return;
  const annotations = {
    summary: storable(`${nameOf(outlet)} cannot be told.`),
    description: storable(`What was to be told did not arrive: ${outcome}`),
    end: HOW_IT_ENDS,
  };
  const raised = { labels, annotations, startsAtMs: nowMs, endsAtMs: nowMs + LASTS_MS };
  await putInbox(sql, tenant, { kind: "alerts", alerts: [raised] }, nowMs);
}

/** Ends that alert where there is one. To be called when the outlet took something. */
export async function endOutlet(sql: Sql, tenant: string, outlet: Outlet, nowMs: number): Promise<void> {
  const labels = labelsOf(outlet);
  if (await isFiring(sql, tenant, labels, nowMs)) {
    await putInbox(sql, tenant, { kind: "ended", alerts: [{ labels }] }, nowMs);
  }
}

/** Whether the dispatcher has an alert that ends later, or will have when it has taken what waits for it. */
async function isFiring(sql: Sql, tenant: string, labels: Labels, atMs: number): Promise<boolean> {
  const values = [tenant, fingerprintOf(labels), atMs, JSON.stringify(labels)];
  return (await sql.query(hasFiringAlertSql, values, z.unknown())).length > 0;
}

function labelsOf(outlet: Outlet): Labels {
  const common = { alertname: RECEIVER_UNREACHABLE, severity: "critical", source: "sightline" };
  if (outlet.kind === "channel") return { ...common, channel: outlet.channel };
  const { receiver, integration, user } = outlet;
  return { ...common, receiver: storable(receiver), integration, ...(user !== "" && { user: storable(user) }) };
}

function nameOf(outlet: Outlet): string {
  if (outlet.kind === "channel") return `The channel ${outlet.channel}`;
  const { receiver, integration, user } = outlet;
  return user === "" ? `The receiver ${receiver} by ${integration}` : `${user} by ${integration} of ${receiver}`;
}
