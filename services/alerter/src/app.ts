import { connectBus } from "@sightline/bus/connect";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import { uuid7 } from "@sightline/model/uuid7";
import { holdLease } from "@sightline/postgres/lease";
import { migrate } from "@sightline/postgres/migrate";
import { createPool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import type { Deps } from "@sightline/service/deps";
import { rpcServerDuration } from "@sightline/service/metrics";
import { addActionService } from "./actions/action-service.ts";
import { createAlertActions } from "./actions/alert-actions.ts";
import { addAlertGroupService } from "./alert-groups/alert-group-service.ts";
import { createAlertGroups } from "./alert-groups/alert-groups.ts";
import { addAlertService } from "./alert-service.ts";
import { addAlertmanagerService } from "./alertmanager/alertmanager-service.ts";
import { createAlertCalls } from "./alerts/alert-calls.ts";
import { addBacktestService } from "./backtest/backtest-service.ts";
import { startBacktests } from "./backtest/start-backtests.ts";
import { createBell } from "./bell.ts";
import { createChannelCalls } from "./channels/channel-calls.ts";
import { createTeller } from "./channels/kinds.ts";
import { createAlertGauge } from "./channels/metrics/alert-gauge.ts";
import { createRateLimiter } from "./channels/rate-limit.ts";
import { followClocks, sharedClocks } from "./clock/follow-clocks.ts";
import type { Config } from "./config.ts";
import { startDispatch } from "./dispatch/start-dispatch.ts";
import { addEscalationService } from "./escalation/escalation-service.ts";
import type { MetricSource } from "./evaluate/metric.ts";
import { createIncidentCalls } from "./incidents/incident-calls.ts";
import { addIncidentService } from "./incidents/incident-service.ts";
import { startIncidents } from "./incidents/start-incidents.ts";
import { addInteractionService } from "./interactions/interaction-service.ts";
import { createInteractions } from "./interactions/interactions.ts";
import { createReplies } from "./interactions/replies.ts";
import { userOfAccount } from "./interactions/user-of-account.ts";
import { lead } from "./lead.ts";
import { createWindowCalls } from "./maintenance/window-calls.ts";
import { addWindowService } from "./maintenance/window-service.ts";
import { createAlerterMetrics } from "./metrics.ts";
import { createHiding } from "./notify/hiding.ts";
import { createDutyCalls } from "./oncall/duty-calls.ts";
import { addOncallService } from "./oncall/oncall-service.ts";
import { createPolicyCalls } from "./oncall/policy-calls.ts";
import { createScheduleCalls } from "./oncall/schedule-calls.ts";
import { createGroupCalls } from "./rule-files/group-calls.ts";
import { createGroupsInForce } from "./rule-files/groups-in-force.ts";
import { createRuleFileCalls } from "./rule-files/rule-file-calls.ts";
import { addRuleService } from "./rule-files/rule-service.ts";
import { createStorageQueries } from "./rule-groups/queries.ts";
import { createRecentSamples } from "./rule-groups/recent-samples.ts";
import { createSampleOutbox } from "./rule-groups/sample-outbox.ts";
import { createSampleSinks } from "./rule-groups/sample-sink.ts";
import { startRuleGroups } from "./rule-groups/start-rule-groups.ts";
import { addRuleTrialService } from "./rule-trials/rule-trial-service.ts";
import { createRuleTests } from "./rule-trials/test-rule.ts";
import { createEventTrials } from "./rule-trials/try-events.ts";
import { createRuleBook } from "./rules/rule-book.ts";
import { createRuleCalls } from "./rules/rule-calls.ts";

/** Receivers whose limits are remembered, of those that have some besides those of messages. */
const MAX_RECEIVERS_REMEMBERED = 10_000;
/** To buttons that were pressed, on their way at a time. */
const MAX_REPLIES = 64;

/** Starts the alerter: one replica of many evaluates and notifies, every replica answers. */
export async function start(config: Config, deps: Deps): Promise<void> {
  const { log, lifecycle, readiness } = deps;
  const metrics = createAlerterMetrics(deps.metrics);
  const internalToken = config.internalToken.reveal();
  const stopping = new AbortController();
  const signal = AbortSignal.any([deps.signal, stopping.signal]);

  const sql = createPool(config.postgres, { log });
  lifecycle.push("postgres", sql.close);
  await migrate(sql, log);
  readiness.add("postgres", () => sql.ping().then(() => true));
  const seal = createSeal(config.seal);
  if (seal.prefix === undefined) {
    log.warn(
      { missing: "seal.key" },
      "each alertmanager.yml, and channels, are kept in Postgres as they are, with their secrets",
    );
  }

  const bus = await connectBus({ url: config.nats.url, name: "alerter", log, signal });
  lifecycle.push("bus", bus.close);
  await ensureStreams(bus, config.nats);
  readiness.add("bus", bus.isConnected);
  const others = await sharedClocks(sql, bus, config.nats);
  const { clock, close: endComparing } = await followClocks({ wall: deps.clock, others, log, metrics, signal });
  lifecycle.push("clocks", endComparing);
  const newId = () => uuid7(clock());
  const publisher = createPublisher(bus, "alert", { as: "alerter", maxInFlightBytes: 8 * 1024 * 1024 });

  const storage = createClient(QueryServiceClient, config.storage.address, { internalToken });
  lifecycle.push("storage client", storage.close);
  const source: MetricSource = {
    queryMetrics: (tenant, request, callSignal) =>
      storage.call("queryMetrics", request, { tenant, deadlineMs: config.queryTimeoutMs, signal: callSignal }),
  };

  const policy = { allowPrivate: config.allowPrivateReceivers, allowedProxies: config.allowedProxies };
  const tell = createTeller({ log, policy, clock });
  const rim = {
    policy,
    clock,
    log,
    gauge: createAlertGauge(deps.metrics, { maxSeries: config.dispatch.maxNotifiedSeries }),
    turns: createRateLimiter({ maxKeys: MAX_RECEIVERS_REMEMBERED, steadyMs: () => performance.now() }),
  };
  const dispatching = startDispatch({ config, sql, seal, rim, clock, newId, log, metrics, signal });
  readiness.add("alertmanager configurations", dispatching.checkKeys);
  lifecycle.push("dispatch", async () => {
    stopping.abort();
    await dispatching.ended;
  });
  const correlating = startIncidents({ config, sql, source, clock, newId, log, metrics, signal });
  lifecycle.push("incidents", async () => {
    stopping.abort();
    await correlating;
  });
  const bells = { evaluate: createBell(), notify: createBell(), publish: createBell() };
  const onMoved = () => {
    bells.notify.ring();
    bells.publish.ring();
    dispatching.bell.ring();
  };
  const book = createRuleBook(sql, clock);
  const onRulesChanged = async () => {
    // What was put is kept in any case; who evaluates looks again by itself.
    await book.refresh().catch((err: unknown) => log.warn({ err }, "rules could not be read anew"));
    bells.evaluate.ring();
  };
  const hidingIn = createHiding({ ...dispatching, log });
  const work = async (leaseSignal: AbortSignal) => {
    metrics.leading.set(1);
    const common = { config, sql, seal, bus, publisher, source, tell, hidingIn, clock, newId, log, metrics };
    await lead({ ...common, bells, book, onMoved, signal: leaseSignal }).finally(() => metrics.leading.set(0));
  };
  const leading = holdLease(sql, { name: "alerter", retryMs: config.leaseRetryMs, signal, log, work });
  lifecycle.push("evaluation", async () => {
    stopping.abort();
    await leading;
  });
  const recent = createRecentSamples({ clock });
  const queries = createStorageQueries({
    address: config.storage.address,
    internalToken,
    timeoutMs: config.queryTimeoutMs,
    recent,
  });
  lifecycle.push("rule queries", queries.close);
  const outbox = createSampleOutbox({
    publisher: createPublisher(bus, "ruleMetrics", { as: "alerter", maxInFlightBytes: 8 * 1024 * 1024 }),
    steadyMs: () => performance.now(),
    maxBytes: 32 * 1024 * 1024,
    maxTenantBytes: 8 * 1024 * 1024,
    maxAgeMs: 60_000,
    onDropped: (reason, count) => metrics.ruleSamplesDropped.inc({ reason }, count),
  });
  lifecycle.push("recorded samples", () => outbox.close(2000));
  const sinkOf = createSampleSinks({ outbox, recent, clock });
  const rules = { config, sql, bus, queries, sinkOf, clock, newId, log, metrics, onMoved, signal };
  const evaluating = startRuleGroups(rules);
  lifecycle.push("rule groups", async () => {
    stopping.abort();
    await evaluating.ended;
  });

  const backtests = startBacktests({ config, sql, seal, queries, clock });
  lifecycle.push("backtests", backtests.close);

  const server = createGrpcServer({
    host: config.bind,
    port: config.grpcPort,
    log,
    metrics: rpcServerDuration(deps.metrics),
    health: () => sql.ping().then(() => true),
  });
  const { maxRules, maxChannels, externalUrl } = config;
  const actions = createAlertActions({ sql, clock, newId, views: dispatching.views, onActed: onMoved });
  const calls = {
    rules: createRuleCalls({ sql, clock, newId, maxRules, onChanged: onRulesChanged }),
    alerts: createAlertCalls({ sql, clock }),
    actions,
    channels: createChannelCalls({ sql, seal, clock, newId, tell, externalUrl, maxChannels }),
  };
  addAlertService(server, { internalToken, ...calls });
  addAlertmanagerService(server, { internalToken, ...dispatching.calls });
  addAlertGroupService(server, { internalToken, groups: createAlertGroups({ views: dispatching.views, clock }) });
  const { keepVersions, keepDeletedFiles, ...ruleBounds } = config.ruleFiles;
  const bounds = { ...ruleBounds, keep: { versions: keepVersions, deletedFiles: keepDeletedFiles } };
  const groupsInForce = createGroupsInForce(evaluating);
  addRuleService(server, {
    internalToken,
    files: createRuleFileCalls({
      sql,
      clock,
      bounds,
      onChanged: evaluating.changed.ring,
    }),
    groups: createGroupCalls({
      sql,
      clock,
      files: groupsInForce,
      usualIntervalMs: config.ruleEvaluationIntervalMs,
      onUnreadable: (id) => log.warn(id, "the state of a group of rules cannot be read"),
    }),
  });
  const { routings, tests: receivers } = dispatching.calls;
  const trial = { files: groupsInForce, bounds, externalUrl, clock, views: dispatching.views, routings, receivers };
  addRuleTrialService(server, {
    internalToken,
    events: createEventTrials(trial),
    tests: createRuleTests({ ...trial, channels: calls.channels }),
  });
  addIncidentService(server, {
    internalToken,
    incidents: createIncidentCalls({
      sql,
      clock,
      newId,
      events: {
        searchEvents: async (tenant, filters, callSignal) => {
          const about = { tenant, deadlineMs: config.queryTimeoutMs, signal: callSignal };
          return (await storage.call("searchEvents", { filters, cursor: "" }, about)).events;
        },
      },
    }),
  });
  addBacktestService(server, { internalToken, backtests: backtests.calls });
  addEscalationService(server, { internalToken, escalations: dispatching.escalations });
  addActionService(server, { internalToken, actions });
  const replies = createReplies({ policy, clock, log, metrics, maxInFlight: MAX_REPLIES });
  lifecycle.push("replies", replies.close);
  const interactions = createInteractions({
    ...{ actions, replies, clock, metrics },
    userOf: async (tenant, { channel, account }) => {
      const { dispatch } = (await dispatching.views.of(tenant)).configuration();
      const isOfProgram = (receiver: string) => dispatch.integrationsOf(receiver).some(({ kind }) => kind === channel);
      return userOfAccount(sql, { tenant, account, isOfProgram });
    },
  });
  addInteractionService(server, { internalToken, interactions });
  const { maxSchedules, maxPolicies, maxContacts, maxWindows } = config;
  addWindowService(server, {
    internalToken,
    windows: createWindowCalls({
      sql,
      clock,
      newId,
      maxWindows,
      retentionMs: config.dispatch.keepSilencesDays * 24 * 3_600_000,
      onChanged: dispatching.bell.ring,
    }),
  });
  addOncallService(server, {
    internalToken,
    schedules: createScheduleCalls({ sql, clock, newId, maxSchedules }),
    duty: createDutyCalls({ sql, clock }),
    policies: createPolicyCalls({ sql, clock, maxPolicies, maxContacts, receiversOf: dispatching.receiversOf }),
  });
  lifecycle.push("grpc", () => server.close(2000));
  log.info({ port: await server.listen() }, "grpc listening");
}
