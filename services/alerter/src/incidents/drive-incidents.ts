import { ACTION_REASONS, saysFiring } from "@sightline/alertmanager/dispatch/decision";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { insertDecisions, type RecordedDecision } from "../dispatch/decision-store.ts";
import { groupMembers } from "../dispatch/group-members.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { CallGraph } from "./call-graph.ts";
import { type Care, type Correlator, createCorrelator } from "./correlator.ts";
import type { IncidentChanges } from "./incident.ts";
import { type DecidedEntry, quietTenants, readDecided, readFiring, takeDecided } from "./incident-inbox.ts";
import { lockIncidents, readOpenIncidents, writeIncidents } from "./incident-store.ts";
import { noTopology } from "./topology.ts";

export interface DriveIncidentsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: Pick<AlerterMetrics, "incidentsLeftOut" | "jobFailures">;
  readonly graph: CallGraph;
  readonly quietMs: number;
  readonly maxOpen: number;
  readonly maxMembers: number;
}

/**
 * Looks once at what was decided since, for all tenants. Resolves to whether there may be more. What fails for one tenant is thrown when
 * all have had their turn.
 */
export type DriveIncidents = (signal: AbortSignal) => Promise<boolean>;

/** Of each tenant, in one look. */
const BATCH = 200;
/** Tenants whose incidents are kept in memory between two looks. */
const MAX_KEPT = 1000;

interface Kept {
  readonly correlator: Correlator;
  readonly version: number;
}

/**
 * Makes incidents of what was decided about alerts. What is taken out of the inbox and what becomes of it is one transaction, which holds the
 * tenant's lock: two that drive at the same time make nothing twice, and people who change incidents meanwhile wait, or are waited for.
 */
export function createDriveIncidents(options: DriveIncidentsOptions): DriveIncidents {
  const { sql, clock, log, metrics, graph, quietMs } = options;
  const kept = new Map<string, Kept>();

  async function correlatorOf(tx: Sql, tenant: string): Promise<Kept> {
    const { version, number } = await lockIncidents(tx, tenant);
    const before = kept.get(tenant);
    // Nobody else has changed them since.
    if (before !== undefined && before.version === version - 1) return { ...before, version };
    const incidents = await readOpenIncidents(tx, tenant);
    return { version, correlator: createCorrelator({ ...options, incidents, lastNumber: number }) };
  }

  async function turn({ tenant, entries, isLast }: Share, signal: AbortSignal): Promise<void> {
    const topology = entries.some(saysFiring) ? await graph.of(tenant, signal) : noTopology;
    const next = await sql.transaction(async (tx) => {
      const { correlator, version } = await correlatorOf(tx, tenant);
      const own = await takeDecided(tx, tenant, entries);
      const firing = own.filter(saysFiring).flatMap(({ fingerprints }) => fingerprints);
      const told = {
        alerts: await readFiring(tx, tenant, [...new Set(firing)]),
        groups: await groupMembers(tx, tenant, [...new Set(own.filter(isOfGroup).map((one) => one.groupKey))]),
      };
      for (const entry of own) {
        correlator.advance(entry.atMs);
        for (const reason of take(correlator, entry, { ...told, topology })) metrics.incidentsLeftOut.inc({ reason });
      }
      // What still waits may say that an alert fires again before that.
      if (isLast) correlator.advance(clock());
      const changes = correlator.changes();
      await writeIncidents(tx, tenant, changes);
      await insertDecisions(tx, tenant, decisionsOf(changes));
      return { correlator, version };
    });
    kept.delete(tenant);
    kept.set(tenant, next);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  /** What is wrong with one entry is no other's trouble. */
  async function attempt(share: Share, signal: AbortSignal): Promise<void> {
    const { tenant, entries } = share;
    try {
      await turn(share, signal);
    } catch (thrown) {
      // What is remembered is not what was written.
      kept.delete(tenant);
      const error = AppError.from(thrown);
      if (error.retryable || error.code === "cancelled") throw error;
      if (entries.length > 1) {
        for (const entry of entries) await attempt({ tenant, entries: [entry], isLast: false }, signal);
        return;
      }
      metrics.jobFailures.inc();
      log.error(
        { tenant, error: error.message },
        "what was decided about an alert cannot be part of incidents: given up",
      );
      await takeDecided(sql, tenant, entries);
    }
  }

  return async (signal) => {
    const byTenant = Map.groupBy(await readDecided(sql, BATCH), ({ tenant }) => tenant);
    for (const tenant of await quietTenants(sql, clock() - quietMs)) {
      if (!byTenant.has(tenant)) byTenant.set(tenant, []);
    }
    const failures: unknown[] = [];
    let isWhole = true;
    for (const [tenant, entries] of byTenant) {
      if (signal.aborted) return false;
      const isLast = entries.length < BATCH;
      isWhole &&= isLast;
      await attempt({ tenant, entries, isLast }, signal).catch((thrown: unknown) => failures.push(thrown));
    }
    if (failures.length > 0) throw failures[0];
    return !isWhole;
  };
}

/** What a tenant has in one look. */
interface Share {
  readonly tenant: string;
  readonly entries: readonly DecidedEntry[];
  /** Nothing more waits. */
  readonly isLast: boolean;
}

/** Why alerts are part of incidents, for whoever asks about the alert. */
function decisionsOf({ incidents, members, entries }: IncidentChanges): RecordedDecision[] {
  const reasons = new Map(
    members.map(({ incidentId, member }) => [`${incidentId} ${member.fingerprint}`, member.reason]),
  );
  const titles = new Map(
    incidents.map(({ incidentId, number, title }) => [incidentId, `incident ${number}, ${title}`]),
  );
  return entries
    .filter(({ kind }) => kind === "opened" || kind === "joined")
    .map(({ incidentId, atMs, fingerprint }) => ({
      atMs,
      step: "correlated",
      reason: reasons.get(`${incidentId} ${fingerprint}`) ?? "",
      fingerprints: [fingerprint],
      ids: [incidentId],
      detail: titles.get(incidentId) ?? "",
    }));
}

interface Told {
  readonly alerts: Awaited<ReturnType<typeof readFiring>>;
  readonly groups: Awaited<ReturnType<typeof groupMembers>>;
  readonly topology: Parameters<Correlator["fires"]>[2];
}

/** What a decision means for incidents. Yields why an alert is part of none. */
function* take(correlator: Correlator, entry: DecidedEntry, { alerts, groups, topology }: Told) {
  const { step, reason, fingerprints, receiver, integration, detail, groupKey, atMs } = entry;
  if (saysFiring(entry)) {
    for (const fingerprint of fingerprints) {
      const alert = alerts.get(fingerprint);
      const isOver = alert === undefined || alert.endsAtMs <= atMs;
      const leftOut = isOver ? "over_already" : correlator.fires(alert, atMs, topology);
      if (leftOut !== undefined) yield leftOut;
    }
  } else if (step === "received" || step === "resolved") {
    for (const fingerprint of fingerprints) correlator.ended(fingerprint, atMs, reason);
  } else if (step === "delivered") {
    correlator.notified(fingerprints, `${receiver}/${integration}`, atMs);
  } else {
    const about = fingerprints.length > 0 ? fingerprints : [...(groups.get(groupKey) ?? [])];
    if (step === "escalation") correlator.escalated(about, detail === "" ? reason : `${reason}: ${detail}`, atMs);
    else correlator.cared(about, careOf(entry), atMs);
  }
}

/** Who did what, and what they say about it, as decisions have it. */
function careOf({ reason, detail }: DecidedEntry): Care {
  const [user = "", ...words] = detail.split(": ");
  const text = words.length === 0 ? reason : `${reason}, ${words.join(": ")}`;
  return { user, text, takes: reason === ACTION_REASONS.acknowledged && user !== "" };
}

function isOfGroup({ step, fingerprints, groupKey }: DecidedEntry): boolean {
  return (step === "action" || step === "escalation") && fingerprints.length === 0 && groupKey !== "";
}
