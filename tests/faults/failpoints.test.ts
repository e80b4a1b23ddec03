import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { streamState } from "@sightline/bus/streams";
import { createEventBuilder } from "@sightline/events/builder";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";
import { FAILPOINTS, type Failpoint } from "@sightline/service/failpoint";
import { within as withinMs } from "@sightline/service/lifecycle";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { startCountedLoad } from "./counted-load.ts";
import { connectFaultBus } from "./fault-bus.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { assertOnceEach } from "./stored.ts";

/** Where a process ends as by a power cut, the n-th time that it comes there. One after the other, under load. */
const onTheWay = [
  ["ingest", "service.started", 1],
  ["ingest", "ingest.before-publish", 30],
  ["ingest", "ingest.before-answer", 30],
  ["storage", "storage.before-record", 3],
  ["storage", "storage.boundary-recorded", 3],
  ["storage", "storage.insert-confirmed", 3],
  ["storage", "storage.table-inserted", 3],
  ["storage", "storage.before-advance", 1],
  ["storage", "storage.before-advance", 3],
  ["storage", "storage.after-advance", 3],
  ["storage", "storage.dead-letter-kept", 1],
] as const satisfies readonly (readonly [string, Failpoint, number])[];

/** Where the alerter ends. Once the receiver has heard of an alert, and the alerter does not know. */
const onTheWayToPeople = [
  "alerter.outbox-committed",
  "alerter.change-published",
  "alerter.attempt-begun",
  "alerter.channel-told",
] as const satisfies readonly Failpoint[];

/**
 * Where it ends on the way by rule files and routes, and who goes on: an alerter that is there already, or one that comes afterwards, where it
 * cannot be said which of two would evaluate.
 */
const onTheWayByRoutes = [
  ["alerter.evaluation-written", "comes"],
  ["alerter.round-written", "is there"],
  ["alerter.receiver-told", "is there"],
] as const satisfies readonly (readonly [Failpoint, string])[];

const routedRules = `groups:
- name: routed
  rules: [{ alert: Routed, sightline: { events: { condition: event_type == 'routed', group_by: [target] } } }]
`;

const patience = { timeoutMs: 90_000, intervalMs: 100 };

describe("a process that ends between two steps", { timeout: 300_000, concurrency: true }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let rest: RestClient;

  before(async () => {
    const storage = { SIGHTLINE_WRITER_INSERT_INTERVAL_MS: "200", SIGHTLINE_WRITER_FLUSH_INTERVAL_MS: "100" };
    const services = ["ingest", "storage", "alerter", "gateway"] as const;
    const alerter = { SIGHTLINE_LEASE_RETRY_MS: "200" };
    system = closers.use(await startFaultStack({ services, settings: { storage, alerter } }));
    const { doors, adminUser, secrets } = system.stack;
    rest = createRestClient(doors.page, await login(doors.page, adminUser, secrets.adminPassword));
  });

  test("on a record's way loses nothing that was acknowledged, and stores nothing twice", async () => {
    const { stack, clickhouse, ingestKey: apiKey } = system;
    await using bus = await connectFaultBus(stack);
    const mark = "failpoints";
    await using load = startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark });
    await eventually(() => load.fewestAcknowledged() > 10, patience);
    for (const [service, name, time] of onTheWay) {
      if (name === "storage.dead-letter-kept") await bus.publishRaw("logs", Buffer.from("no protobuf"));
      await stack.process(service).kill();
      const settings = { SIGHTLINE_FAILPOINTS: `${name}=exit:${time}` };
      await using doomed = await startService(stack, service, { inPlace: true, settings });
      const { signal } = await within(doomed.ended, `${service} passes ${name}`);
      assert.equal(signal, "SIGKILL", `${service} ended at ${name}: ${doomed.lastLines().at(-1)}`);
      await stack.process(service).start();
    }
    const before = load.fewestAcknowledged();
    await eventually(() => load.fewestAcknowledged() > before + 10, patience);
    await assertOnceEach(await load.stop(), { clickhouse, mark });
    assert.equal((await streamState(bus.bus, "deadLetter")).messages, 1, "the message put aside twice is kept once");
  });

  // Alerters are ended one after the other.
  describe("on an alert's way to people", { concurrency: false }, () => {
    test("by the channels of a rule tells them, and again at most once for each end", tellByChannels);
    test("by the routes tells them, another one going on, and again at most once for each end", tellByRoutes);
  });

  async function tellByChannels(): Promise<void> {
    const { stack } = system;
    await using receiver = await startWebhookReceiver();
    for (const name of onTheWayToPeople) await putRule(name, receiver.url);
    await stack.process("alerter").stop();
    for (const name of onTheWayToPeople) {
      const settings = { SIGHTLINE_FAILPOINTS: `${name}=exit` };
      // It may come there before it is ready, by what the one before has left undone.
      await using doomed = await startService(stack, "alerter", { inPlace: true, settings });
      await tell(name);
      await endsAt(name, doomed);
    }
    await stack.process("alerter").start();
    const times = (name: string) => timesTold(receiver, name);
    const all = () => onTheWayToPeople.reduce((sum, name) => sum + times(name), 0);
    // An attempt that was begun and is not known to have ended counts as lost after half a minute.
    await eventually(() => {
      for (const name of onTheWayToPeople) assert.ok(times(name) > 0, `${name} is not told`);
      assert.ok(all() > onTheWayToPeople.length, "one that was told and not recorded is told again");
    }, patience);
    for (const [at, name] of onTheWayToPeople.entries()) {
      const ended = onTheWayToPeople.length - at;
      assert.ok(times(name) <= 1 + ended, `${name} is told ${times(name)} times, and ${ended} processes ended since`);
    }
  }

  async function tellByRoutes(): Promise<void> {
    const { stack } = system;
    await using receiver = await startWebhookReceiver();
    const source = `
route: { receiver: hook, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 24h }
receivers: [{ name: hook, webhook_configs: [{ url: "${receiver.url}" }] }]
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, z.unknown());
    await rest.send("PUT", "/v1/rule-files/routed", { source: routedRules }, z.unknown());
    await stack.process("alerter").stop();
    for (const [name, follower] of onTheWayByRoutes) {
      const settings = { SIGHTLINE_FAILPOINTS: `${name}=exit` };
      await using doomed = await startService(stack, "alerter", { inPlace: true, settings });
      await leads(doomed);
      await using early = follower === "is there" ? await startService(stack, "alerter") : undefined;
      await early?.ready();
      await tell("routed", name);
      await endsAt(name, doomed);
      await using next = early ?? (await startService(stack, "alerter"));
      await eventually(() => assert.ok(timesTold(receiver, name) > 0, `${name} is not told`), patience);
      // With what it told recorded: else the one that ends next would end by telling that again.
      await next.stop();
    }
    await stack.process("alerter").start();
    // Which of them the last one had told when it ended depends on what was recorded before: what follows holds whichever it was.
    const names = onTheWayByRoutes.map(([name]) => name);
    const all = () => names.reduce((sum, name) => sum + timesTold(receiver, name), 0);
    await eventually(() => assert.ok(all() > names.length, "what was told and not recorded is told again"), patience);
    for (const [at, name] of names.entries()) {
      const [told, ended] = [timesTold(receiver, name), names.length - at];
      assert.ok(told > 0 && told <= 1 + ended, `${name} is told ${told} times, and ${ended} processes ended since`);
    }
  }

  /** It evaluates and tells: whoever comes later stands by. */
  async function leads({ lines }: ServiceProcess): Promise<void> {
    for (const taken of [/"lease":"dispatch".*lease taken/, /shards taken/]) {
      await eventually(
        () =>
          assert.ok(
            lines.some((line) => taken.test(line)),
            String(taken),
          ),
        patience,
      );
    }
  }

  async function endsAt(name: Failpoint, doomed: ServiceProcess): Promise<void> {
    const { signal } = await within(doomed.ended, `the alerter passes ${name}`);
    assert.equal(signal, "SIGKILL", `the alerter ended at ${name}: ${doomed.lastLines().at(-1)}`);
  }

  function timesTold({ received }: Awaited<ReturnType<typeof startWebhookReceiver>>, target: string): number {
    return received.flatMap(({ alerts }) => alerts).filter(({ labels }) => labels["target"] === target).length;
  }

  /** Sends an event by ingest, which is ended again and again meanwhile. */
  async function tell(eventType: string, target = eventType): Promise<void> {
    const { stack, ingestKey: apiKey } = system;
    const ingest = createClient(EventServiceClient, stack.doors.otlpGrpc, { apiKey });
    using _ = { [Symbol.dispose]: ingest.close };
    const event = createEventBuilder({ clock: Date.now }).build({ eventType, source: "faults", target, title: target });
    await eventually(() => ingest.call("storeEvents", { events: [event] }), patience);
  }

  async function putRule(name: string, url: string): Promise<void> {
    const channel = name.replaceAll(".", "-");
    await rest.send("PUT", `/v1/channels/${channel}`, { webhook: { url, timeoutMs: 1000 } }, z.unknown());
    const event = { expression: `event_type == '${name}'`, thresholdCount: 1, thresholdWindowSeconds: 300 };
    await rest.send("POST", "/v1/rules", { name, severity: "critical", event, channels: [channel] }, z.unknown());
  }

  test("is tried at every failpoint that there is", () => {
    const names = [...onTheWay.map(([, name]) => name), ...onTheWayToPeople, ...onTheWayByRoutes.map(([name]) => name)];
    const tried = new Set<string>(names);
    assert.deepEqual([...tried].toSorted(), Object.keys(FAILPOINTS).toSorted());
  });
});

function within<T>(work: Promise<T>, what: string): Promise<T> {
  const { timeoutMs } = patience;
  return withinMs(work, timeoutMs, () => new Error(`not within ${timeoutMs} ms: ${what}`));
}
