import { loadConfig } from "@sightline/alertmanager/config/config";
import type { Notification } from "@sightline/alertmanager/notification";
import { AppError } from "@sightline/errors/app-error";
import { uuid7 } from "@sightline/model/uuid7";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { ListEscalationsRequest } from "@sightline/proto/sightline/alert/v1/escalation_service";
import {
  Contacts,
  EscalationPolicy,
  type EscalationStep,
  type EscalationTarget,
  Schedule,
  type WallWindow,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { Registry } from "prom-client";
import { z } from "zod";
import type { Care, EscalationAnswer } from "../../channels/integration.ts";
import { createRateLimiter } from "../../channels/rate-limit.ts";
import { sampleAlert, sampleNotification, testRim } from "../../channels/testing/sample.ts";
import { activate } from "../../dispatch/activate.ts";
import { takeEpoch } from "../../dispatch/epoch.ts";
import { createLanes } from "../../dispatch/lanes.ts";
import { createAlerterMetrics } from "../../metrics.ts";
import { createPolicyCalls } from "../../oncall/policy-calls.ts";
import { createScheduleCalls } from "../../oncall/schedule-calls.ts";
import { advanceDue } from "../advance-due.ts";
import { dueContacts } from "../contact-store.ts";
import { createEscalationCalls, type EscalationCalls } from "../escalation-calls.ts";
import { createEscalations } from "../escalations.ts";
import { noticeHandovers } from "../handover-notices.ts";
import { integrationsIn } from "../integrations-in.ts";
import { onAcknowledged, onReleased } from "../on-acknowledged.ts";
import { createContactSender } from "../send-contacts.ts";

/** When time lines begin: a Monday, noon in Berlin. */
export const BEGIN_MS = Date.UTC(2026, 10, 2, 11);

const tenant = "acme";
export const GROUP_KEY = '{}:{alertname="Down"}';
const MINUTE = 60;

/** People and what tells them, in a database of the test's own, with a clock that stands still until the time line moves it. */
export interface EscalationWorld extends AsyncDisposable {
  readonly sql: Pool;
  readonly calls: EscalationCalls;
  /** When it is, since the begin. */
  setTime(text: string): void;
  tell(change?: Partial<Notification>, care?: Care): Promise<EscalationAnswer>;
  /** Tells that somebody took care of the group, or does no more. */
  tellOfCare(care?: Care): Promise<EscalationAnswer>;
  acknowledgeElsewhere(by: string): Promise<void>;
  releaseElsewhere(by: string): Promise<void>;
  /** The one that is open, or was last. */
  escalationId(): Promise<string>;
  /** Does what is due now. */
  turn(driver?: Driver): Promise<void>;
  /** Does all that is due until then, each at its time. */
  runTo(text: string): Promise<void>;
  handOver(): Promise<void>;
  /** Another replica that takes over. */
  takeOver(): Promise<Driver>;
  /** In place of the policy that there is. */
  putSteps(...steps: readonly EscalationStep[]): Promise<void>;
}

/** One replica's share. */
export interface Driver {
  readonly epoch: string;
  readonly sender: ReturnType<typeof createContactSender>;
}

/** @param receiverUrl a webhook that is told whatever anybody is told */
export async function createEscalationWorld(postgresUrl: string, receiverUrl: string): Promise<EscalationWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase(postgresUrl, { migrated: true }));
  const sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  stack.defer(() => sql.close());
  await ensureTenant(sql, tenant);
  let nowMs = BEGIN_MS;
  const clock = () => nowMs;
  const newId = () => uuid7(nowMs);
  const configuration = activate(
    { source: configurationFor(receiverUrl), templates: {}, version: 1 },
    testRim({ clock }),
  );
  const configurationOf = async () => configuration;
  const integrationsOf = async () => integrationsIn(configuration);
  const common = { sql, clock, newId, integrationsOf, onChanged: () => undefined };
  const escalations = createEscalations(common);
  const calls = createEscalationCalls(common);
  const policies = createPolicyCalls({ sql, clock, maxPolicies: 10, maxContacts: 10, receiversOf: async () => [] });
  await putPeople({ tenant, sql, clock, newId, policies });
  const stopping = new AbortController();

  async function takeOver(): Promise<Driver> {
    const { epoch } = await takeEpoch(sql);
    const sender = createContactSender({
      ...common,
      epoch,
      log: quietLog,
      metrics: createAlerterMetrics(new Registry()),
      limiter: createRateLimiter({ maxKeys: 100, steadyMs: () => performance.now() }),
      lanes: createLanes(16),
      failuresUntilAlert: 3,
      failingForMs: 0,
      configurationOf,
      signal: stopping.signal,
      drained: stopping.signal,
      onSettled: () => undefined,
    });
    return { epoch, sender };
  }
  const own = await takeOver();
  stack.defer(async () => {
    stopping.abort();
    await own.sender.idle();
  });

  const turn = async ({ epoch, sender } = own) => {
    const onSome = () => undefined;
    await advanceDue({ sql, epoch, nowMs, log: quietLog, integrationsOf, onSome }, stopping.signal);
    sender.begin((await dueContacts(sql, { nowMs, perReceiver: 10, limit: 100 })).contacts);
    await sender.idle();
  };
  const nextDueMs = async () => {
    const due = z.object({ due_at: z.date().nullable() });
    const [row] = await sql.query(NEXT_DUE, [], due);
    return row?.due_at?.getTime() ?? Number.POSITIVE_INFINITY;
  };
  const newsOf = (change: Partial<Notification> = {}, care?: Care) => ({
    tenant,
    policy: "payments",
    notification: sampleNotification({ receiver: "payments", groupKey: GROUP_KEY, alerts: [firing], ...change }),
    atMs: nowMs,
    ...(care !== undefined && { care }),
  });
  const elsewhere = (by: string) => ({ tenant, target: { groupKey: GROUP_KEY }, by, note: "", atMs: nowMs });
  const cleanup = stack.move();
  return {
    sql,
    calls,
    setTime(text) {
      nowMs = BEGIN_MS + msOf(text);
    },
    tell: (change, care) => escalations.told(newsOf(change, care)),
    tellOfCare: (care) => escalations.told({ ...newsOf({}, care), onlyCareChanged: true }),
    acknowledgeElsewhere: (by) => sql.transaction((tx) => onAcknowledged(tx, elsewhere(by))),
    releaseElsewhere: (by) => sql.transaction((tx) => onReleased(tx, elsewhere(by))),
    async escalationId() {
      const request = ListEscalationsRequest.fromPartial({ withEnded: true });
      const [newest] = (await calls.list(tenant, request)).escalations;
      if (newest === undefined) throw new AppError("not_found", "nothing was escalated");
      return newest.escalationId;
    },
    turn,
    async runTo(text) {
      const untilMs = BEGIN_MS + msOf(text);
      for (let dueMs = await nextDueMs(); dueMs <= untilMs; dueMs = await nextDueMs()) {
        nowMs = Math.max(nowMs, dueMs);
        await turn();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    handOver: () =>
      noticeHandovers(
        { sql, epoch: own.epoch, nowMs, externalUrl: "http://sightline", log: quietLog, integrationsOf },
        stopping.signal,
      ),
    takeOver,
    async putSteps(...steps) {
      const policy = EscalationPolicy.fromPartial({ name: "payments", steps: [...steps] });
      await policies.putPolicy(tenant, { policy, revision: 0, userId: "test" });
    },
    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  };
}

const NEXT_DUE = `SELECT least(
  (SELECT min(due_at) FROM escalations WHERE due_at IS NOT NULL),
  (SELECT min(due_at) FROM oncall_contacts WHERE status = 'due')
) AS due_at`;

/** An alert that is as bad as can be. */
export const firing = sampleAlert({ labels: { alertname: "Down", severity: "critical" } });

/** Whoever is told is told by webhook, in whose messages the receiver is named. */
export function configurationFor(url: string): string {
  const names = ["payments", "ann-pager", "bob-pager", "bob-mail", "incidents"];
  const receivers = names.map((name) => `  - { name: ${name}, webhook_configs: [{ url: "${url}" }] }`);
  const source = `route: { receiver: payments }\nreceivers:\n${receivers.join("\n")}\n`;
  loadConfig(source);
  return source;
}

export interface People {
  readonly tenant: string;
  readonly sql: Pool;
  readonly clock: () => number;
  readonly newId: () => string;
  readonly policies: ReturnType<typeof createPolicyCalls>;
}

/**
 * bob is on call until ten to six, then ann; bob sleeps from ten to seven and has mail after two minutes. Who is on call is told at once
 * with the channel, ann five minutes later.
 */
export async function putPeople({ tenant, sql, clock, newId, policies }: People): Promise<void> {
  const schedules = createScheduleCalls({ sql, clock, newId, maxSchedules: 10 });
  const contacts = [
    { user: "ann", timeZone: "Europe/Berlin", methods: [{ receiver: "ann-pager" }] },
    {
      user: "bob",
      timeZone: "Europe/Berlin",
      methods: [{ receiver: "bob-pager" }, { receiver: "bob-mail", delaySeconds: 2 * MINUTE }],
      quietHours: [night],
    },
  ];
  for (const one of contacts) {
    await policies.putContacts(tenant, { contacts: Contacts.fromPartial(one), revision: 0, userId: "test" });
  }
  const rotation = { every: 12, unit: 1, handoverTime: "17:50" } as const;
  const layer = { name: "all", participants: ["ann", "bob"], rotation, startUnixNano: LAYER_START };
  const schedule = Schedule.fromPartial({ name: "primary", timeZone: "Europe/Berlin", layers: [layer] });
  await schedules.put(tenant, { schedule, revision: 0, userId: "test" });
  const steps = [
    step([{ $case: "schedule", value: "primary" }, incidents]),
    step([{ $case: "user", value: "ann" }], { delaySeconds: 5 * MINUTE }),
  ];
  const policy = EscalationPolicy.fromPartial({ name: "payments", steps });
  await policies.putPolicy(tenant, { policy, revision: 0, userId: "test" });
}

/** The evening before the time lines: twelve hours of ann, then bob's. */
const LAYER_START = BigInt(Date.UTC(2026, 10, 1, 16, 50)) * 1_000_000n;

/** A channel of everybody's. */
export const incidents = { $case: "receiver", value: "incidents" } as const;

/** One that comes at once, for everything, at all times, where it is not said otherwise. */
export function step(
  targets: readonly NonNullable<EscalationTarget["kind"]>[],
  change: Partial<EscalationStep> = {},
): EscalationStep {
  const kinds = targets.map((kind) => ({ kind }));
  return { delaySeconds: 0, targets: kinds, severities: [], times: undefined, ...change };
}

/** Ten at night to seven in the morning. */
export const night: WallWindow = { kind: { $case: "day", value: { weekdays: [], from: "22:00", to: "07:00" } } };

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function msOf(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text);
  if (match === null) throw new RangeError(`cannot read the time ${text}`);
  return Number(match[1]) * (units[match[2] ?? ""] ?? Number.NaN);
}
