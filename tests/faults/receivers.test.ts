import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "../e2e/rest-client.ts";
import {
  endless,
  type FakeReceivers,
  hang,
  type ReceivedRequest,
  startFakeReceivers,
  status,
} from "./fake-receivers.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { readMetric } from "./metrics.ts";

const patience = { timeoutMs: 90_000, intervalMs: 50 };
const anything = z.unknown();
const explained = z.object({ decisions: z.array(z.looseObject({ step: z.string(), sentence: z.string() })) });

/** Receivers that fail, each in a way of its own; all of them get the alert `Fault`. */
const failing = ["error", "busy", "hangs", "redirects", "guarded"] as const;
const retryAfterSeconds = 2;
const timeoutMs = 1000;
/** The seeds want a webhook told in less than 2 s. */
const promptMs = 2000;

const alertsAtOnce = 10_000;
const services = Array.from({ length: 10 }, (_, at) => `s${at}`);
const limitedGroups = ["a", "b", "c", "d"];
/** Slack takes one message a second. */
const slackPauseMs = 1000;

const configuration = ({ url }: FakeReceivers) => `
route:
  receiver: good
  group_by: ["..."]
  group_wait: 0s
  group_interval: 2s
  repeat_interval: 24h
  routes:
${["good", "endless", ...failing].map((name) => `  - { matchers: [alertname = Fault], receiver: ${name}, continue: true }\n`).join("")}
  - { matchers: [alertname = Storm], receiver: storm, group_by: [service], group_wait: 3s }
  - { matchers: [alertname = Limited], receiver: slack }
inhibit_rules:
- { source_matchers: [alertname = Outage], target_matchers: [alertname = Storm], equal: [service] }
receivers:
${["good", "storm", "endless", ...failing.filter((name) => name !== "guarded")]
  .map((name) => `- { name: ${name}, webhook_configs: [{ url: "${url(name)}", timeout: ${timeoutMs}ms }] }\n`)
  .join("")}
- { name: guarded, webhook_configs: [{ url: "http://169.254.169.254/latest/meta-data" }] }
- { name: slack, slack_configs: [{ api_url: "${url("slack")}", channel: "#ops" }] }
`;

describe("telling people", { timeout: 300_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let receivers: FakeReceivers;
  let headers: Record<string, string>;
  let rest: RestClient;

  before(async () => {
    receivers = closers.use(await startFakeReceivers());
    const alerter = { SIGHTLINE_LEASE_RETRY_MS: "200", SIGHTLINE_DISPATCH_FAILING_FOR_MS: "2000" };
    system = closers.use(await startFaultStack({ services: ["alerter", "gateway"], settings: { alerter } }));
    const { doors, adminUser, secrets } = system.stack;
    headers = await login(doors.page, adminUser, secrets.adminPassword);
    rest = createRestClient(doors.page, headers);
    await rest.send("PUT", "/v1/alert-routing", { source: configuration(receivers) }, anything);
  });

  interface Posted {
    readonly labels: Readonly<Record<string, string>>;
    readonly endsAt?: string;
  }

  async function post(alerts: readonly Posted[]): Promise<void> {
    const answer = await fetch(`${system.stack.doors.page}/alertmanager/api/v2/alerts`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  const fire = (...all: readonly Readonly<Record<string, string>>[]) => post(all.map((labels) => ({ labels })));
  const end = (...all: readonly Readonly<Record<string, string>>[]) => {
    const endsAt = new Date().toISOString();
    return post(all.map((labels) => ({ labels, endsAt })));
  };

  /** Those of the requests of a receiver that tell of an alert. */
  function requestsAbout(name: string, wanted: Readonly<Record<string, string>>): ReceivedRequest[] {
    const isWanted = (labels: Readonly<Record<string, string>>) =>
      Object.entries(wanted).every(([label, value]) => labels[label] === value);
    return receivers.received(name).filter(({ alerts }) => alerts.some(({ labels }) => isWanted(labels)));
  }
  const pausesOf = (requests: readonly ReceivedRequest[]) =>
    requests.slice(1).map(({ atMs }, at) => atMs - (requests[at]?.atMs ?? 0));

  /** Fires the alert that all failing receivers get, and answers how long it took until the good one heard of it. */
  async function promptness(target: string): Promise<number> {
    const firedMs = performance.now();
    await fire({ alertname: "Fault", target });
    await eventually(() => requestsAbout("good", { target }).length > 0, patience);
    return (requestsAbout("good", { target })[0]?.atMs ?? Number.POSITIVE_INFINITY) - firedMs;
  }

  const unreachable = (receiver: string) => ({ alertname: "SightlineReceiverUnreachable", receiver });

  test("receivers fail in every way: nobody else waits for them, they are tried with pauses, told of, and told when they are well", async () => {
    receivers.answer("error", status(500));
    receivers.answer("busy", status(429, { "retry-after": String(retryAfterSeconds) }));
    receivers.answer("hangs", hang);
    receivers.answer("endless", endless(200));
    receivers.answer("redirects", status(302, { location: receivers.url("elsewhere") }));

    const firstMs = await promptness("first");
    for (const name of failing) {
      await eventually(() => requestsAbout("good", unreachable(name)).length > 0, patience);
    }
    const secondMs = await promptness("second");
    assert.ok(Math.max(firstMs, secondMs) < promptMs, `the good one was told after ${firstMs} and ${secondMs} ms`);

    // Tried again, not hammered at.
    const tried = requestsAbout("error", { target: "first" });
    const lastedMs = (tried.at(-1)?.atMs ?? 0) - (tried[0]?.atMs ?? 0);
    assert.ok(tried.length >= 3 && tried.length <= 5 + lastedMs / 200, `${tried.length} times in ${lastedMs} ms`);
    // What it asked for, to the answer and back.
    const asked = pausesOf(requestsAbout("busy", { target: "first" }));
    assert.ok(asked.length > 0 && Math.min(...asked) > retryAfterSeconds * 1000 - 100, asked.join());
    const held = receivers.received("hangs").flatMap(({ atMs, endedMs = Number.NaN }) => endedMs - atMs);
    assert.ok(held.length > 1 && held.slice(0, -2).every((ms) => ms < 3 * timeoutMs), held.join());
    assert.equal(receivers.received("elsewhere").length, 0, "the redirect was followed");
    // Its status counts, whatever becomes of the body.
    assert.equal(requestsAbout("endless", { target: "first" }).length, 1);
    assert.equal(requestsAbout("good", unreachable("endless")).length, 0);

    const [refused] = requestsAbout("good", unreachable("guarded"));
    assert.match(refused?.alerts[0]?.annotations["description"] ?? "", /169\.254\.169\.254/);
    const fingerprint = requestsAbout("good", { target: "first" })[0]?.alerts[0]?.fingerprint;
    const { decisions } = await rest.get(`/v1/alerts/${fingerprint}/explain?start=-1h`, explained);
    const said = decisions.filter(({ step }) => step === "attempted").map(({ sentence }) => sentence);
    for (const name of failing)
      assert.ok(
        said.some((one) => one.includes(name)),
        `${name}: ${said.join()}`,
      );
    const attempts = (outcome: string) =>
      readMetric(system.stack.doors.admin("alerter"), "sightline_alerter_notification_attempts_total", { outcome });
    assert.ok(((await attempts("retry")) ?? 0) > 0 && ((await attempts("failed")) ?? 0) > 0);

    const mended = performance.now();
    const well = failing.filter((name) => name !== "guarded");
    for (const name of well) receivers.answer(name, status(200));
    for (const name of well) {
      const toldOnce = (target: string) =>
        assert.equal(
          requestsAbout(name, { target }).filter(({ atMs }) => atMs > mended).length,
          1,
          `${name} ${target}`,
        );
      await eventually(() => ["first", "second"].forEach(toldOnce), patience);
      const isOver = () =>
        requestsAbout("good", unreachable(name)).some(({ alerts }) => alerts.some((one) => one.status === "resolved"));
      await eventually(isOver, patience);
    }
  });

  test("ten thousand alerts at once come in few messages, without those that follow from another one", async () => {
    await fire({ alertname: "Outage", service: "s0" });
    await eventually(() => requestsAbout("good", { alertname: "Outage" }).length > 0, patience);
    await inPieces(storm(), fire);
    const reached = services.slice(1).length * (alertsAtOnce / services.length);
    await eventually(() => assert.equal(toldOfStorm("firing").size, reached), patience);
    const messages = receivers.received("storm").length;
    assert.ok(messages <= 3 * services.length, `${messages} messages`);
    assert.equal(requestsAbout("storm", { service: "s0" }).length, 0, "those of the outage");
  });

  test("an alert that flaps is told with each interval at most, and how it ended; a receiver's limit is kept", async () => {
    const flaps = { alertname: "Flaps" };
    const beganMs = performance.now();
    await fire(...limitedGroups.map((group) => ({ alertname: "Limited", group })));
    await fire(flaps);
    await eventually(() => requestsAbout("good", flaps).length > 0, patience);
    for (let turn = 0; turn < 20; turn++) {
      await end(flaps);
      await fire(flaps);
    }
    await end(flaps);
    await eventually(() => {
      assert.equal(requestsAbout("good", flaps).at(-1)?.status, "resolved");
      assert.equal(receivers.received("slack").length, limitedGroups.length);
    }, patience);
    const lastedMs = performance.now() - beganMs;
    const told = requestsAbout("good", flaps).length;
    assert.ok(told <= 2 + Math.ceil(lastedMs / 2000), `told ${told} times in ${lastedMs} ms`);
    const pauses = pausesOf(receivers.received("slack"));
    assert.ok(Math.min(...pauses) > slackPauseMs - 100, pauses.join());
  });

  test("ends that were lost, by a receiver that was away and by a sender that is no more, are told after a restart", async () => {
    const alerter = system.stack.process("alerter");
    receivers.answer("storm", (response) => response.destroy());
    await inPieces(storm(), end);
    const before = receivers.received("storm").length;
    await eventually(() => receivers.received("storm").length > before, patience);
    const lost = { alertname: "Lost" };
    await post([{ labels: lost, endsAt: new Date(Date.now() + 5000).toISOString() }]);
    await eventually(() => requestsAbout("good", lost).length > 0, patience);
    await alerter.kill();
    receivers.answer("storm", status(200));
    const sinceMs = performance.now();
    await alerter.start();
    const isEnded = () => requestsAbout("good", lost).some((request) => request.status === "resolved");
    await eventually(() => assert.ok(isEnded(), "the alert whose sender is no more"), patience);
    const reached = services.slice(1).length * (alertsAtOnce / services.length);
    await eventually(() => assert.equal(toldOfStorm("resolved", sinceMs).size, reached), patience);
  });

  const storm = () =>
    Array.from({ length: alertsAtOnce }, (_, at) => {
      const service = services[at % services.length] ?? "";
      return { alertname: "Storm", service, instance: `i${at}` };
    });

  /** As a Prometheus sends very many. */
  async function inPieces<T>(all: readonly T[], send: (...piece: readonly T[]) => Promise<void>): Promise<void> {
    for (let at = 0; at < all.length; at += 1000) await send(...all.slice(at, at + 1000));
  }

  /** The instances of the storm that its receiver heard of. */
  function toldOfStorm(wanted: "firing" | "resolved", sinceMs = 0): Set<string> {
    const alerts = receivers.received("storm").flatMap((request) => (request.atMs > sinceMs ? request.alerts : []));
    return new Set(alerts.flatMap((alert) => (alert.status === wanted ? (alert.labels["instance"] ?? []) : [])));
  }
});
