import { readFileSync } from "node:fs";
import type { AcknowledgementRecord } from "@sightline/alertmanager/dispatch/acknowledgements";
import type { AssignmentRecord } from "@sightline/alertmanager/dispatch/assignments";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Sql } from "@sightline/postgres/pool";
import type { AlertCare } from "@sightline/proto/sightline/alert/v1/care";
import { z } from "zod";
import type { Alert } from "../alerts/alert.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import { groupMembers } from "../dispatch/group-members.ts";
import { acknowledgement, assignment } from "../dispatch/record-store.ts";
import { careMessage, isHeld } from "./care.ts";

const readCareSql = readFileSync(new URL("./sql/read-care.sql", import.meta.url), "utf8");

const careRow = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("acknowledgement"), record: acknowledgement }),
  z.object({ kind: z.literal("assignment"), record: assignment }),
]);

/** What people do about alerts of rules, also about groups that they are in; nothing of those that nobody does anything about. */
export async function careOfAlerts(
  sql: Sql,
  tenant: string,
  alerts: readonly Alert[],
  nowMs: number,
): Promise<(alert: Alert) => AlertCare | undefined> {
  const said = alerts.length === 0 ? [] : await sql.query(readCareSql, [tenant], careRow);
  if (said.length === 0) return () => undefined;
  const groupKeys = said.flatMap(({ record }) => ("groupKey" in record ? [record.groupKey] : []));
  const members = await groupMembers(sql, tenant, groupKeys);
  const isAbout = (record: AcknowledgementRecord | AssignmentRecord, fingerprint: string) =>
    "fingerprint" in record
      ? record.fingerprint === fingerprint
      : members.get(record.groupKey)?.has(fingerprint) === true;
  // One's own comes before that of a group.
  const records = said.sort((a, b) => Number("groupKey" in a.record) - Number("groupKey" in b.record));
  return (alert) => {
    const fingerprint = fingerprintOf(routedLabels(alert));
    const own = records.filter(({ record }) => isAbout(record, fingerprint));
    const acknowledgements = own.flatMap((row) => (row.kind === "acknowledgement" ? [row.record] : []));
    const assignments = own.flatMap((row) => (row.kind === "assignment" ? [row.record] : []));
    const held = acknowledgements.find((one) => isHeld(one, nowMs));
    return careMessage(held, assignments[0], nowMs);
  };
}
