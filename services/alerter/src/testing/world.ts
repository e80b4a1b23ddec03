import { type Bus, connectBus } from "@sightline/bus/connect";
import { subscribeLive } from "@sightline/bus/live";
import { createPublisher } from "@sightline/bus/publish";
import { ensureStreams } from "@sightline/bus/streams";
import { createEventBuilder, type EventInput } from "@sightline/events/builder";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { ActionServiceClient } from "@sightline/proto/sightline/alert/v1/action_service";
import { AlertServiceClient } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AlertmanagerServiceClient } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { EscalationServiceClient } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { IncidentServiceClient } from "@sightline/proto/sightline/alert/v1/incident_service";
import { InteractionServiceClient } from "@sightline/proto/sightline/alert/v1/interaction_service";
import { MaintenanceWindowServiceClient } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { OncallServiceClient } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { RuleTrialServiceClient } from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createClient } from "@sightline/rpc/client";
import { freePort } from "@sightline/testkit/free-port";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startService } from "@sightline/testkit/start-service";
import { start } from "../app.ts";
import { type Config, config as schema } from "../config.ts";
import { type FakeStorage, startFakeStorage } from "./fake-storage.ts";

const internalToken = "a-token-between-services";
const tenant = "acme";

/** Options of every call: the tenant of all that tests do. */
export const ofTenant = { tenant, deadlineMs: 30_000 };

/** An alerter with everything around it that is real, and metrics that the test makes up. */
export interface World extends AsyncDisposable {
  readonly sql: Pool;
  readonly bus: Bus;
  readonly storage: FakeStorage;
  readonly tenant: string;
  /** The events that alerters told the bus, oldest first. */
  readonly told: readonly SystemEvent[];
  /** Starts an alerter; several share the database. */
  startAlerter(change?: Partial<Config>): Promise<Alerter>;
  /** Puts events on the bus as ingest does; one message. */
  send(...events: readonly (Partial<EventInput> & Pick<EventInput, "eventType">)[]): Promise<SystemEvent[]>;
}

export interface Alerter extends AsyncDisposable {
  readonly client: ReturnType<typeof connect>;
  readonly alertmanager: ReturnType<typeof connectAlertmanager>;
  readonly escalations: ReturnType<typeof connectEscalations>;
  readonly oncall: ReturnType<typeof connectOncall>;
  readonly incidents: ReturnType<typeof connectIncidents>;
  readonly actions: ReturnType<typeof connectActions>;
  readonly interactions: ReturnType<typeof connectInteractions>;
  readonly windows: ReturnType<typeof connectWindows>;
  readonly trials: ReturnType<typeof connectTrials>;
  /** One that does not know the internal token. */
  readonly stranger: ReturnType<typeof connect>;
  /** The names of what is not ready. */
  notReady(): Promise<string[]>;
  /** The same with the reasons. */
  notReadyBecause(): Promise<Readonly<Record<string, string>>>;
  /** As SIGTERM would. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly postgresUrl: string;
  readonly natsUrl: string;
}

/** A database, a fake storage and a bus of the test's own, in servers that the test file shares. */
export async function createWorld({ postgresUrl, natsUrl }: WorldOptions): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase(postgresUrl, { migrated: true }));
  const sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  stack.defer(() => sql.close());
  await ensureTenant(sql, tenant);
  const bus = await connectBus({ url: natsUrl, name: "test", log: quietLog });
  stack.defer(() => bus.close());
  await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
  const storage = stack.use(await startFakeStorage(internalToken));
  const told: SystemEvent[] = [];
  stack.defer(
    subscribeLive(bus, {
      subjects: ["alert"],
      as: "gateway",
      onMessage: ({ payload }) => void told.push(...EventBatch.decode(payload).events),
    }),
  );
  const publisher = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1_000_000 });
  const builder = createEventBuilder({ clock: Date.now });
  const cleanup = stack.move();
  return {
    sql,
    bus,
    storage,
    tenant,
    told,
    startAlerter: (change) => startAlerter({ postgresUrl: database.url, natsUrl }, storage.address, change),
    async send(...inputs) {
      const events = inputs.map((input) => builder.build({ source: "test", title: input.eventType, ...input }));
      const payload = EventBatch.encode({ events }).finish();
      const msgId = crypto.randomUUID();
      await publisher.publish(payload, { tenant, records: events.length, msgId });
      return events;
    },
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  };
}

async function startAlerter(
  { postgresUrl, natsUrl }: WorldOptions,
  storageAddress: string,
  change: Partial<Config> = {},
): Promise<Alerter> {
  const grpcPort = await freePort();
  const config = schema.parse({
    grpcPort,
    internalToken,
    postgres: { url: postgresUrl, maxConnections: 5 },
    nats: { url: natsUrl, diskBudgetBytes: 100_000_000 },
    storage: { address: storageAddress },
    evaluationIntervalMs: 100,
    notifyIntervalMs: 50,
    settleMs: 500,
    leaseRetryMs: 100,
    queryTimeoutMs: 1000,
    allowPrivateReceivers: true,
    externalUrl: "http://sightline.test/",
  });
  const service = await startService({ start, config: { ...config, ...change } });
  const client = connect(`127.0.0.1:${grpcPort}`, internalToken);
  const alertmanager = connectAlertmanager(`127.0.0.1:${grpcPort}`);
  const escalations = connectEscalations(`127.0.0.1:${grpcPort}`);
  const oncall = connectOncall(`127.0.0.1:${grpcPort}`);
  const incidents = connectIncidents(`127.0.0.1:${grpcPort}`);
  const actions = connectActions(`127.0.0.1:${grpcPort}`);
  const interactions = connectInteractions(`127.0.0.1:${grpcPort}`);
  const windows = connectWindows(`127.0.0.1:${grpcPort}`);
  const trials = connectTrials(`127.0.0.1:${grpcPort}`);
  const stranger = connect(`127.0.0.1:${grpcPort}`, "guessed");
  const stop = async () => {
    client.close();
    alertmanager.close();
    escalations.close();
    oncall.close();
    incidents.close();
    actions.close();
    interactions.close();
    windows.close();
    trials.close();
    stranger.close();
    await service.stop();
  };
  return {
    client,
    alertmanager,
    escalations,
    oncall,
    incidents,
    actions,
    interactions,
    windows,
    trials,
    stranger,
    notReady: async () => Object.keys((await service.deps.readiness.report()).notReady),
    notReadyBecause: async () => (await service.deps.readiness.report()).notReady,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function connect(address: string, token: string) {
  return createClient(AlertServiceClient, address, { internalToken: token });
}

function connectAlertmanager(address: string) {
  return createClient(AlertmanagerServiceClient, address, { internalToken });
}

function connectEscalations(address: string) {
  return createClient(EscalationServiceClient, address, { internalToken });
}

function connectOncall(address: string) {
  return createClient(OncallServiceClient, address, { internalToken });
}

function connectActions(address: string) {
  return createClient(ActionServiceClient, address, { internalToken });
}

function connectInteractions(address: string) {
  return createClient(InteractionServiceClient, address, { internalToken });
}

function connectWindows(address: string) {
  return createClient(MaintenanceWindowServiceClient, address, { internalToken });
}

function connectTrials(address: string) {
  return createClient(RuleTrialServiceClient, address, { internalToken });
}

function connectIncidents(address: string) {
  return createClient(IncidentServiceClient, address, { internalToken });
}
