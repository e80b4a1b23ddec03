import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { alertRow } from "../alerts/alert.ts";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { channelDecision } from "./channel-decision.ts";
import type { Hiding, HidingIn, HidingOf } from "./hiding.ts";
import type { Claim, DueGroup } from "./outbox.ts";

const holdSql = readFileSync(new URL("./sql/hold-notifications.sql", import.meta.url), "utf8");
const releaseSql = readFileSync(new URL("./sql/release-notifications.sql", import.meta.url), "utf8");
const forgetSql = readFileSync(new URL("./sql/forget-notifications.sql", import.meta.url), "utf8");
const heldTenantsSql = readFileSync(new URL("./sql/held-tenants.sql", import.meta.url), "utf8");
const listHeldSql = readFileSync(new URL("./sql/list-held.sql", import.meta.url), "utf8");

const tenantRow = z.object({ tenant: z.string() }).transform(({ tenant }) => tenant);

const heldColumns = z.object({
  notification_id: z.string(),
  status: z.enum(["firing", "resolved"]),
  attempts: z.number(),
  channel: z.string(),
});
const heldRow = z.unknown().transform((row) => {
  const { notification_id, ...columns } = heldColumns.parse(row);
  return { ...columns, notificationId: notification_id, alert: alertRow.parse(row) };
});

/** A notification that is held back. */
type Held = z.infer<typeof heldRow>;

const PIECE = 1000;

export interface HoldOptions {
  readonly hidingOf: HidingOf;
  readonly nowMs: number;
}

/**
 * Holds back what is hidden of what is claimed to be told to one channel, with the reason in the alert's record. Resolves to the others. In the
 * transaction of the claim.
 */
export async function holdHidden(
  tx: Sql,
  { tenant, channel }: DueGroup,
  claims: readonly Claim[],
  { hidingOf, nowMs }: HoldOptions,
): Promise<readonly Claim[]> {
  const hidden = new Map<Claim, Hiding>();
  for (const claim of claims) {
    const hiding = hidingOf(claim.alert, nowMs);
    if (hiding !== undefined) hidden.set(claim, hiding);
  }
  if (hidden.size === 0) return claims;
  const decisions = [...hidden].map(([{ alert }, why]) => channelDecision(channel, [alert], { ...why, atMs: nowMs }));
  await tx.execute(holdSql, [tenant, [...hidden.keys()].map(({ notificationId }) => notificationId)]);
  await insertDecisions(tx, tenant, decisions);
  return claims.filter((claim) => !hidden.has(claim));
}

export interface ReleaseOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hidingIn: HidingIn;
}

/**
 * Has told what nothing hides any more of what is held back, and forgets what was over before its channel heard of it. What cannot be told
 * of one tenant is nobody else's trouble. Resolves to how many are to be told now.
 */
export async function releaseHeld({ sql, clock, log, hidingIn }: ReleaseOptions): Promise<number> {
  let released = 0;
  for (const tenant of await sql.query(heldTenantsSql, [], tenantRow)) {
    try {
      released += await releaseOf(tenant, await hidingIn(tenant), { sql, nowMs: clock() });
    } catch (thrown) {
      const error = AppError.from(thrown).message;
      log.warn({ tenant, error }, "what is held back from channels could not be looked at");
    }
  }
  return released;
}

interface Releasing {
  readonly sql: Pool;
  readonly nowMs: number;
}

async function releaseOf(tenant: string, hidingOf: HidingOf, { sql, nowMs }: Releasing): Promise<number> {
  let released = 0;
  let behind = "0";
  let held: readonly Held[];
  do {
    held = await sql.query(listHeldSql, [tenant, behind, PIECE], heldRow);
    behind = held.at(-1)?.notificationId ?? behind;
    const over = held.filter(isOverUnheard);
    const shown = held.filter((one) => !isOverUnheard(one) && hidingOf(one.alert, nowMs) === undefined);
    if (over.length + shown.length > 0) {
      await sql.transaction((tx) => settle(tx, tenant, { over, shown, nowMs }));
    }
    released += shown.length;
  } while (held.length === PIECE);
  return released;
}

/** Whether the alert ended before anybody tried to tell the channel that it fires. */
function isOverUnheard({ status, attempts, alert }: Held): boolean {
  return status === "firing" && attempts === 0 && alert.state === "resolved";
}

interface Settled {
  readonly over: readonly Held[];
  readonly shown: readonly Held[];
  readonly nowMs: number;
}

async function settle(tx: Sql, tenant: string, { over, shown, nowMs }: Settled): Promise<void> {
  const channels = over.map(({ channel }) => channel);
  await tx.execute(forgetSql, [tenant, over.map(({ alert }) => alert.alertId), channels]);
  await tx.execute(releaseSql, [tenant, shown.map(({ notificationId }) => notificationId), new Date(nowMs)]);
  const ended = { step: "deduplicated", reason: "it was over before the channel was told of it", atMs: nowMs };
  const due = { step: "due", reason: "nothing hides it any more", atMs: nowMs };
  await insertDecisions(tx, tenant, [
    ...over.map(({ alert, channel }) => channelDecision(channel, [alert], ended)),
    ...shown.map(({ alert, channel }) => channelDecision(channel, [alert], due)),
  ]);
}
