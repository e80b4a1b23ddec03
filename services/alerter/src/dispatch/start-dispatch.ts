import type { Clock } from "@sightline/model/time";
import { holdLease } from "@sightline/postgres/lease";
import type { Pool } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import type { Logger } from "@sightline/service/logger";
import type { AlertmanagerServiceOptions } from "../alertmanager/alertmanager-service.ts";
import { createConfigurationCalls } from "../alertmanager/configuration-calls.ts";
import { createDispatchViews, type DispatchViews } from "../alertmanager/dispatch-views.ts";
import { createDrafts } from "../alertmanager/drafts.ts";
import { createExplainCalls } from "../alertmanager/explain-calls.ts";
import { createPagingCalls } from "../alertmanager/paging-calls.ts";
import { createReceiverTests } from "../alertmanager/receiver-test.ts";
import { createRoutedAlerts } from "../alertmanager/routed-alerts.ts";
import { createRoutingPreviews } from "../alertmanager/routing-preview.ts";
import { createSilenceCalls } from "../alertmanager/silence-calls.ts";
import { createSilencePreviews } from "../alertmanager/silence-preview.ts";
import { type Bell, createBell, runOnBell } from "../bell.ts";
import type { Rim } from "../channels/integration.ts";
import { createRateLimiter } from "../channels/rate-limit.ts";
import type { Config } from "../config.ts";
import { driveEscalations } from "../escalation/drive.ts";
import { createEscalationCalls, type EscalationCalls } from "../escalation/escalation-calls.ts";
import { createEscalations } from "../escalation/escalations.ts";
import { integrationsIn } from "../escalation/integrations-in.ts";
import { untilUsable } from "../escalation/until-usable.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { pruneOverrides } from "../oncall/override-store.ts";
import { pruneRevisions } from "../oncall/revision-store.ts";
import { activate, configurationInForce, DEFAULT_DRAFT } from "./activate.ts";
import type { ActiveConfiguration } from "./active-configuration.ts";
import { createConfigurationStore, deleteOldConfigurations } from "./configuration-store.ts";
import { pruneDecisions } from "./decision-store.ts";
import { dispatch } from "./dispatch.ts";
import { addTotals, type DispatchTotals, NO_TOTALS } from "./dispatch-metrics.ts";
import { takeEpoch } from "./epoch.ts";
import { keepSealed } from "./keep-sealed.ts";
import { pruneLabels } from "./label-store.ts";
import { deleteOldSilences } from "./silence-store.ts";
import type { TenantDispatch } from "./tenant-dispatch.ts";

export interface StartDispatchOptions {
  readonly config: Config;
  readonly sql: Pool;
  /** Seals each alertmanager.yml, since it holds secrets. */
  readonly seal: Seal;
  readonly rim: Omit<Rim, "escalations">;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly metrics: AlerterMetrics;
  readonly signal: AbortSignal;
}

export interface StartedDispatch {
  /** What other services ask about it. */
  readonly calls: Omit<AlertmanagerServiceOptions, "internalToken">;
  /** What is known of alerts, for others to look at. */
  readonly views: DispatchViews;
  /** The same as if no tenant had put a configuration: what is known where that of a tenant cannot be used. */
  readonly unrouted: DispatchViews;
  /** The receivers of a tenant's configuration in force. */
  receiversOf(tenant: string): Promise<ActiveConfiguration["receivers"]>;
  /** What people ask of escalations. */
  readonly escalations: EscalationCalls;
  /** Whether the configurations in force of all tenants can be read; if not, why. */
  checkKeys(): Promise<true | string>;
  /** To be rung when something was put into the inbox. */
  readonly bell: Bell;
  /** Resolves when it has ended, after the signal aborted. */
  readonly ended: Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
const PRUNE_INTERVAL_MS = 3_600_000;
const MAX_RECEIVERS_REMEMBERED = 10_000;

/** Has one of all replicas route and tell alerts, and answers what all of them are asked about it. */
export function startDispatch(options: StartDispatchOptions): StartedDispatch {
  const { config, sql, seal, clock, newId, log, metrics, signal } = options;
  const bell = createBell();
  const escalationBell = createBell();
  const tenants = new Map<string, TenantDispatch>();
  const limits = {
    maxAlerts: config.dispatch.maxAlerts,
    maxGroups: config.dispatch.maxGroups,
    maxSilences: config.dispatch.maxSilences,
    silenceRetentionMs: config.dispatch.keepSilencesDays * DAY_MS,
    failuresUntilAlert: config.dispatch.failuresUntilAlert,
    failingForMs: config.dispatch.failingForMs,
  };
  metrics.dispatch.observe(() => totalsOf(tenants.values(), clock()));
  const { externalUrl } = config;
  const integrationsOf = async (tenant: string) => integrationsIn(await untilUsable(liveConfiguration)(tenant));
  const escalations = createEscalations({ sql, clock, newId, integrationsOf, onChanged: escalationBell.ring });
  const rim: Rim = { ...options.rim, escalations };
  const configurations = createConfigurationStore({ sql, seal });
  const configurationOf = (tenant: string) => configurationInForce(tenant, { configurations, rim });
  const liveConfiguration = async (tenant: string) =>
    tenants.get(tenant)?.configuration() ?? (await configurationOf(tenant));
  const drafts = createDrafts({
    configurations,
    activate: (draft, policies) => activate({ ...draft, version: 0 }, rim, { policies }),
  });
  const common = { sql, clock, newId, limits, externalUrl, configurationOf };
  const views = createDispatchViews({ ...common, live: tenants });
  const none = { configurationOf: async () => activate(DEFAULT_DRAFT, rim), live: new Map() };
  const unrouted = createDispatchViews({ ...common, ...none });
  const limiter = createRateLimiter({ maxKeys: MAX_RECEIVERS_REMEMBERED, steadyMs: () => performance.now() });
  const { maxConcurrentPerReceiver } = config.dispatch;
  const keepDecisionsMs = config.dispatch.keepDecisionsDays * DAY_MS;
  const work = async (held: AbortSignal) => {
    const began = await takeEpoch(sql);
    const told = { sql, clock, log, metrics, limiter, maxConcurrentPerReceiver, externalUrl };
    const driving = driveEscalations(
      {
        ...told,
        epoch: began.epoch,
        bell: escalationBell,
        intervalMs: config.notifyIntervalMs,
        failuresUntilAlert: limits.failuresUntilAlert,
        failingForMs: limits.failingForMs,
        keepMs: keepDecisionsMs,
        configurationOf: liveConfiguration,
      },
      held,
    );
    const job = dispatch(
      {
        ...common,
        began,
        log,
        metrics,
        limiter,
        maxConcurrentPerReceiver,
        bell,
        tenants,
        intervalMs: config.notifyIntervalMs,
      },
      held,
    );
    const loop = (name: string, prune: () => Promise<unknown>) =>
      runOnBell(async () => void (await prune()), {
        ...{ name, bell: createBell(), intervalMs: PRUNE_INTERVAL_MS, signal: held, log },
        failures: metrics.jobFailures,
      });
    const endSealing = keepSealed({ sql, seal, log, failures: metrics.jobFailures, signal: held });
    await Promise.all([
      job,
      driving,
      loop("prune decisions", () => pruneDecisions(sql, clock() - keepDecisionsMs, held)),
      loop("prune labels", () => pruneLabels(sql, clock() - keepDecisionsMs, config.dispatch.maxPastAlerts)),
      loop("prune configurations", () => deleteOldConfigurations(sql, clock() - keepDecisionsMs)),
      loop("prune what was on call", async () => {
        const nowMs = clock();
        const beforeMs = nowMs - keepDecisionsMs;
        await pruneRevisions(sql, beforeMs);
        await pruneOverrides(sql, { beforeMs, nowMs });
      }),
      loop("prune silences", () => deleteOldSilences(sql, clock() - limits.silenceRetentionMs)),
    ]).finally(endSealing);
  };
  const onReceived = bell.ring;
  return {
    bell,
    views,
    unrouted,
    checkKeys: async () => {
      const unknown = await configurations.unknownKeys();
      if (unknown.length === 0) return true;
      const keys = unknown.join(", ");
      return `configurations or channels are sealed with keys that are not configured: ${keys}; where one is lost, see sightlinectl seals`;
    },
    receiversOf: async (tenant) => (await configurationOf(tenant)).receivers,
    escalations: createEscalationCalls({
      sql,
      clock,
      integrationsOf,
      onChanged() {
        bell.ring();
        escalationBell.ring();
      },
    }),
    calls: {
      alerts: createRoutedAlerts({ sql, clock, views, onReceived, onRefused: metrics.dispatch.refused }),
      silences: createSilenceCalls({ sql, clock, newId, limits, onChanged: onReceived }),
      configurations: createConfigurationCalls({
        sql,
        configurations,
        clock,
        configurationOf,
        drafts,
        onChanged: onReceived,
      }),
      explanations: createExplainCalls({ sql, clock }),
      pagings: createPagingCalls({ sql, clock, views, configurations }),
      previews: createSilencePreviews({ sql, clock, views }),
      routings: createRoutingPreviews({ sql, clock, views, drafts }),
      tests: createReceiverTests({ sql, clock, limiter, externalUrl, configurationOf, drafts }),
    },
    ended: holdLease(sql, { name: "dispatch", retryMs: config.leaseRetryMs, signal, log, work }),
  };
}

/** Of all tenants that are dispatched here. */
function totalsOf(tenants: Iterable<TenantDispatch>, nowMs: number): DispatchTotals {
  return [...tenants].map((one) => one.totals(nowMs)).reduce(addTotals, NO_TOTALS);
}
