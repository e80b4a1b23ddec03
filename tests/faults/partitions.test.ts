import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { AlertServiceClient, AlertState, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AlertmanagerServiceClient, PostAlertsRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { createRandom } from "@sightline/testkit/random";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import { startWebhookReceiver } from "../e2e/webhook-receiver.ts";
import { startCountedLoad } from "./counted-load.ts";
import { COUNTED_SIGNALS } from "./counted-request.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import type { Cut } from "./link.ts";
import { type LinkedService, startLinkedService } from "./linked-service.ts";
import { readMetric } from "./metrics.ts";
import { assertNoneTwice, assertOnceEach } from "./stored.ts";

const patience = { timeoutMs: 60_000, intervalMs: 50 };
/** How often every way is cut. */
const rounds = Math.ceil(Number(process.env["SIGHTLINE_FAULT_ROUNDS"] ?? 2) / 2);
/** How long a part of the network is cut. */
const cutMs = Number(process.env["SIGHTLINE_FAULT_FREEZE_MS"] ?? 2500);
const seed = Number(process.env["SIGHTLINE_FAULT_SEED"] ?? randomInt(2 ** 31));
/** So many ways are cut at the same time. */
const cutsAtOnce = 7;
const ways = ["both", "back", "there"] as const satisfies readonly Cut[];

const hourSeconds = 3600;
const forSeconds = 5;
const anything = z.unknown();

const rules = `groups:
- name: levels
  interval: 1s
  rules: [{ alert: Level, expr: fault_level > 0, for: ${forSeconds}s }]
`;

describe(`a network that is cut, and clocks that are set, seed ${seed}`, { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  const chance = createRandom(seed);
  let system: FaultStack;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
  let rest: RestClient;
  let storage: LinkedService;
  let ingest: LinkedService;
  let gateway: LinkedService;
  /** Two alerters, of which one tells people. */
  let first: LinkedService;
  let second: LinkedService;
  const times = new Map<LinkedService, FakeTime>();

  before(async () => {
    receiver = closers.use(await startWebhookReceiver());
    const settings = {
      storage: {
        SIGHTLINE_WRITER_INSERT_INTERVAL_MS: "200",
        SIGHTLINE_WRITER_FLUSH_INTERVAL_MS: "100",
        SIGHTLINE_WRITER_TAKEOVER_MS: "3000",
      },
      alerter: { SIGHTLINE_LEASE_RETRY_MS: "200" },
    };
    system = closers.use(await startFaultStack({ services: [], settings }));
    [storage, ingest, first, gateway] = await Promise.all([
      start("storage"),
      start("ingest"),
      start("alerter"),
      start("gateway"),
    ]);
    second = await start("alerter", false);
    const { doors, adminUser, secrets } = system.stack;
    rest = createRestClient(doors.page, await login(doors.page, adminUser, secrets.adminPassword));
    const source = `
route: { receiver: hook, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 24h }
receivers: [{ name: hook, webhook_configs: [{ url: "${receiver.url}" }] }]
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, anything);
  });

  /** A process whose ways to others can be cut and whose clock can be set. */
  async function start(name: LinkedService["name"], inPlace = true): Promise<LinkedService> {
    const time = closers.use(await createFakeTime());
    const service = closers.use(await startLinkedService(system.stack, name, { inPlace, settings: time.env }));
    times.set(service, time);
    await service.ready();
    return service;
  }

  /** Hands an alert to one of the alerters. */
  async function post(to: LinkedService, target: string): Promise<void> {
    const { internalToken } = system.stack.secrets;
    const client = createClient(AlertmanagerServiceClient, `127.0.0.1:${to.ports("alerter")}`, { internalToken });
    using _ = { [Symbol.dispose]: client.close };
    const request = PostAlertsRequest.fromPartial({ alerts: [{ labels: { alertname: "Cut", target } }] });
    await client.call("postAlerts", request, { tenant: "default" });
  }

  /** How often people were told of it. */
  function told(target: string, status: "firing" | "resolved" = "firing"): number {
    const alerts = receiver.received.filter((one) => one.status === status).flatMap((one) => one.alerts);
    return alerts.filter(({ labels }) => labels["target"] === target).length;
  }
  const isTold = (target: string, status: "firing" | "resolved" = "firing") =>
    eventually(() => assert.ok(told(target, status) > 0, `${target} is not told as ${status}`), patience);

  test("each service is cut off from each other one, one way or both: what was acknowledged is stored once, and all recover", async () => {
    const mark = "partitions";
    const { stack, clickhouse, ingestKey: apiKey } = system;
    const load = closers.use(startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey, mark }));
    const flowing = async () => {
      const before = load.fewestAcknowledged();
      await eventually(() => load.fewestAcknowledged() > before + 5, patience);
    };
    await flowing();
    const services = [ingest, storage, gateway, first];
    const all = services.flatMap((service) => service.peers.map((peer) => ({ service, peer })));
    const often = Array.from({ length: rounds }, () => all).flat();
    const ranked = often.map((one) => ({ ...one, rank: chance.fraction() }));
    const shuffled = ranked.toSorted((a, b) => a.rank - b.rank);
    for (let at = 0; at < shuffled.length; at += cutsAtOnce) {
      const cuts = shuffled.slice(at, at + cutsAtOnce);
      for (const { service, peer } of cuts) service.cut(chance.pick(ways), peer);
      // house-rules-ignore tests do not sleep: so long the cut lasts, whatever becomes of those that it parts
      await new Promise((resume) => setTimeout(resume, cutMs));
      for (const { service, peer } of cuts) service.cut("none", peer);
      await flowing();
    }
    await assertOnceEach(await load.stop(), { clickhouse, mark });
    await assertNoneTwice(clickhouse, COUNTED_SIGNALS, mark);
    for (const service of services) {
      await service.ready();
      assert.ok(service.isRunning(), `${service.name} ended`);
    }
    for (const path of ["/v1/logs?limit=1", "/v1/alerts"]) await eventually(() => rest.get(path, anything), patience);
  });

  test("the alerter that tells people is cut off from Postgres: the other one does, and the first tells nobody any more", async () => {
    const cuts = Array.from({ length: rounds }, () => chance.pick(ways));
    for (const [at, way] of cuts.entries()) {
      const [leader, other] = ledSince(first) > ledSince(second) ? [first, second] : [second, first];
      await post(leader, `${at} on its way`);
      leader.cut(way, "postgres");
      await post(other, `${at} meanwhile`);
      await isTold(`${at} meanwhile`);
      await isTold(`${at} on its way`);
      leader.cut("none");
      await leader.ready();
      await post(leader, `${at} afterwards`);
      await isTold(`${at} afterwards`);
    }
    for (const [at, way] of cuts.entries()) {
      // Of what was told right before the next cut nobody knew whether it had arrived.
      for (const when of ["on its way", "afterwards"]) {
        const times = told(`${at} ${when}`);
        assert.ok(times <= 2, `cut ${way}, ${when}: told ${times} times`);
      }
      assert.equal(told(`${at} meanwhile`), 1, way);
    }
  });

  test("alerters that reach neither the bus nor storage go on telling", async () => {
    for (const one of [first, second]) one.cut("both", "nats", "storage");
    try {
      await post(first, "without bus and storage");
      await isTold("without bus and storage");
    } finally {
      for (const one of [first, second]) one.cut("none");
    }
    await Promise.all([first.ready(), second.ready()]);
  });

  test("clocks are an hour ahead and an hour behind, and are set back: what waits fires in time, nothing ends or is told again", async () => {
    await rest.send("PUT", "/v1/rule-files/clocks", { source: rules }, anything);
    await sendLevel(1);
    await eventually(async () => assert.equal((await levelAlert()).state, AlertState.PENDING), patience);
    times.get(first)?.set(hourSeconds);
    times.get(second)?.set(-hourSeconds);
    times.get(ingest)?.set(hourSeconds);
    times.get(storage)?.set(-hourSeconds);
    await isTold("clocks");
    const { pendingSinceUnixNano, firedAtUnixNano } = await levelAlert();
    const waitedMs = Number((firedAtUnixNano - pendingSinceUnixNano) / 1_000_000n);
    assert.ok(waitedMs >= forSeconds * 1000 && waitedMs < forSeconds * 1000 + 15_000, `it waited ${waitedMs} ms`);
    const agoMs = Date.now() - Number(firedAtUnixNano / 1_000_000n);
    assert.ok(agoMs >= -1000 && agoMs < patience.timeoutMs, `it fired ${agoMs} ms ago`);

    times.get(first)?.set(-hourSeconds);
    times.get(second)?.set(hourSeconds);
    times.get(ingest)?.set(-hourSeconds);
    times.get(storage)?.set(hourSeconds);
    for (const [alerter, aheadSeconds] of [
      [first, -hourSeconds],
      [second, hourSeconds],
    ] as const) {
      const admin = `http://127.0.0.1:${alerter.ports("alerterAdmin")}`;
      const ahead = () => readMetric(admin, "sightline_alerter_clock_ahead_seconds", { clock: "own" });
      await eventually(async () => assert.equal(Math.round((await ahead()) ?? 0), aheadSeconds), patience);
    }
    await post(first, "by wrong clocks");
    await isTold("by wrong clocks");
    assert.equal(receiver.received.filter(({ status }) => status === "resolved").length, 0);

    await sendLevel(0);
    await isTold("clocks", "resolved");
    assert.deepEqual([told("clocks"), told("clocks", "resolved"), told("by wrong clocks")], [1, 1, 1]);
  });

  async function levelAlert() {
    const client = createClient(AlertServiceClient, system.stack.doors.grpc, { apiKey: system.queryKey });
    using _ = { [Symbol.dispose]: client.close };
    const { alerts } = await client.call("listAlerts", ListAlertsRequest.fromPartial({}));
    const found = alerts.find(({ ruleName }) => ruleName === "Level");
    assert.ok(found, "there is no such alert");
    return found;
  }

  async function sendLevel(level: number): Promise<void> {
    const attributes = [{ key: "target", value: { stringValue: "clocks" } }];
    const dataPoints = [{ asDouble: level, timeUnixNano: `${Date.now()}000000`, attributes }];
    const answer = await fetch(`${system.stack.doors.otlpHttp}/v1/metrics`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.ingestKey}`, "content-type": "application/json" },
      body: JSON.stringify({
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "fault_level", gauge: { dataPoints } }] }] }],
      }),
    });
    assert.equal(answer.status, 200);
  }
});

/** When it has begun to tell people, for the last time; 0: never. */
function ledSince({ lines }: LinkedService): number {
  const line = lines.findLast((one) => one.includes('"lease":"dispatch"') && one.includes("lease taken"));
  return Date.parse(/"time":"([^"]+)"/.exec(line ?? "")?.[1] ?? "") || 0;
}
