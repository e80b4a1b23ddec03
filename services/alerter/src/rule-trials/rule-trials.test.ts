// Rules are tried by a real alerter, Postgres and bus; receivers are real too.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createEventBuilder } from "@sightline/events/builder";
import { PutConfigurationRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { TestRuleRequest, TryEventsRequest } from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { json, startLoopback } from "../channels/testing/loopback.ts";
import { changeRuleFile } from "../rule-files/put-rule-file.ts";
import { fails, putWebhook } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { routedAlerts } from "../testing/routed.ts";
import { type Alerter, createWorld, ofTenant, type World } from "../testing/world.ts";

const bounds = { maxFiles: 10, maxFileBytes: 20_000, maxRules: 100, keep: { versions: 3, deletedFiles: 2 } };

const rules = `
groups:
  - name: hosts
    rules:
      - alert: busy
        labels: { severity: critical, service: "{{ $labels.target }}" }
        annotations: { summary: "{{ $labels.target }} is busy" }
        sightline:
          events:
            condition: "details.get('usage_percent') > 90"
            threshold_count: 2
            group_by: [target]
          channels: [hook, gone]
          recipients: [ops@example.com, "receiver:chat", "receiver:nobody-knows"]
      - alert: all-busy
        sightline: { composite: { condition: busy } }
`;

const configuration = (url: string) => `
route:
  receiver: nobody
  routes:
    - matchers: [severity="critical", service="web-1"]
      receiver: pager
receivers:
  - name: nobody
  - name: chat
    webhook_configs: [{ url: "${url}" }]
  - name: pager
    webhook_configs: [{ url: "${url}" }]
`;

describe("rules that are tried", () => {
  let nats: TestServer;
  let postgres: TestServer;
  let here: World;
  let alerter: Alerter;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
    here = await createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });
    alerter = await here.startAlerter();
    await put("hosts", rules);
  });
  after(async () => {
    await alerter[Symbol.asyncDispose]();
    await here[Symbol.asyncDispose]();
    await Promise.all([nats.stop(), postgres.stop()]);
  });

  async function put(name: string, source: string): Promise<void> {
    const change = { name, author: "ann", expected: undefined, sourceOf: () => source };
    const { parsed } = await changeRuleFile({ sql: here.sql, clock: Date.now, bounds }, here.tenant, change);
    assert.deepEqual(parsed.problems, []);
  }

  const builder = createEventBuilder({ clock: () => 1_000_000 });
  const eventOf = (usage: number) =>
    builder.build({
      eventType: "cpu",
      source: "test",
      title: "cpu",
      target: "web-1",
      details: { usage_percent: usage },
    });
  const tryEvents = (request: Partial<TryEventsRequest>) =>
    alerter.trials.call("tryEvents", { ...TryEventsRequest.fromPartial({}), ...request }, ofTenant);
  const testRule = (request: Partial<TestRuleRequest>, signal?: AbortSignal) =>
    alerter.trials.call(
      "testRule",
      { ...TestRuleRequest.fromPartial({ rule: "busy", userId: "ann" }), ...request },
      signal === undefined ? ofTenant : { ...ofTenant, signal },
    );

  test("events are tried with the rules in force, and nobody is told", async () => {
    const { rules: tried, others } = await tryEvents({ events: [eventOf(95), eventOf(50), eventOf(99)] });
    assert.equal(others, 1);
    const [busy = assert.fail(), ...rest] = tried;
    assert.deepEqual([busy.file, busy.group, busy.rule, busy.counted, rest], ["hosts", "hosts", "busy", [0, 2], []]);
    const [alert = assert.fail()] = busy.alerts;
    const { labels, firedAtUnixMs, endedAtUnixMs } = alert;
    assert.deepEqual(labels, { alertname: "busy", severity: "critical", service: "web-1", target: "web-1" });
    assert.deepEqual([firedAtUnixMs, endedAtUnixMs], [1_000_000n, 1_300_000n]);
    assert.deepEqual(await routedAlerts(alerter), []);
    assert.deepEqual((await tryEvents({ events: [eventOf(95)], rules: ["other"] })).rules, []);
    assert.deepEqual((await tryEvents({ events: [eventOf(95)], files: ["other"] })).rules, []);
  });

  test("events are tried with a draft, whose faults are told", async () => {
    const draft = rules.replace("threshold_count: 2", "threshold_count: 1").replace("busy", "busier");
    const { rules: tried } = await tryEvents({ events: [eventOf(95)], source: draft });
    assert.deepEqual(
      tried.map(({ file, rule, alerts }) => [file, rule, alerts.length]),
      [["", "busier", 1]],
    );
    const { problems } = await tryEvents({ events: [], source: "groups: [{ name: g, rules: [{ alert: x }] }]" });
    assert.match(problems[0]?.message ?? "", /expr/);
    await fails(tryEvents({ events: Array.from({ length: 1001 }, () => eventOf(1)) }), "invalid_argument", /1001/);
  });

  test("who would be told of a rule is said, and told only where that is asked for", async () => {
    await using receiver = await startReceiver();
    await using hook = await startReceiver();
    const put = PutConfigurationRequest.fromPartial({ source: configuration(receiver.url), author: "ann" });
    await alerter.alertmanager.call("putConfiguration", put, ofTenant);
    await putWebhook(alerter, hook.url);
    const labels = { target: "web-1" };
    const dry = await eventually(async () => {
      const answer = await testRule({ labels });
      assert.equal(answer.routing?.routes[0]?.path.at(-1)?.receiver, "pager", "the configuration is in force");
      return answer;
    });
    assert.deepEqual(dry.labels, { alertname: "busy", severity: "critical", service: "web-1", target: "web-1" });
    assert.deepEqual(dry.annotations, { summary: "web-1 is busy" });
    assert.deepEqual(
      dry.routing?.routes.map(({ path, integrations }) => [path.at(-1)?.receiver, integrations]),
      [["pager", ["webhook[0]"]]],
    );
    assert.match(dry.routing?.sentence ?? "", /^pager \(webhook\[0\]\) would be told/);
    assert.deepEqual(
      dry.recipients.map(({ receiver: name, integrations }) => [name, integrations]),
      [
        ["recipient:ops@example.com", ["email[0]"]],
        ["chat", ["webhook[0]"]],
        ["", []],
      ],
    );
    assert.deepEqual([dry.channels, dry.told, receiver.received], [["hook", "gone"], [], []]);
    const elsewhere = await testRule({});
    assert.equal(elsewhere.routing?.routes[0]?.path.at(-1)?.receiver, "nobody", "without labels it is no web-1");

    const { told } = await testRule({ labels, send: true });
    const sent = receiver.received.map(({ body }) => `${body.receiver} ${body.status}`).sort();
    assert.deepEqual(sent, ["chat firing", "chat resolved", "pager firing", "pager resolved"]);
    for (const { body } of receiver.received) {
      assert.equal(body.commonLabels["sightline_test"], "true");
      assert.equal(body.commonLabels["service"], "web-1");
      assert.equal(body.commonAnnotations["summary"], "[TEST] web-1 is busy");
      assert.match(
        body.commonAnnotations["description"] ?? "",
        /^ann tests who is told of the rule busy\. Nothing is wrong\./,
      );
    }
    assert.equal(hook.received.length, 1);
    const delivered = told.filter(({ integrations }) => integrations.some((one) => one.delivered));
    const names = delivered.map(({ receiver: name, resolved }) => `${name}${resolved ? " resolved" : ""}`).sort();
    assert.deepEqual(names, ["channel:hook", "chat", "chat resolved", "pager", "pager resolved"]);
    const mail = told.find((one) => one.receiver === "recipient:ops@example.com");
    assert.match(mail?.integrations[0]?.outcome ?? "", /no global SMTP smarthost set/);
    assert.match(told.find((one) => one.receiver === "channel:gone")?.problem ?? "", /gone/);
    assert.deepEqual(await routedAlerts(alerter), [], "it is no alert");
  });

  test("what a test opens it closes: an issue does not stay", async () => {
    const issue = json(201, { number: 7, state: "open" });
    const leaving = new AbortController();
    let leaves = false;
    await using github = await startLoopback((response, received) => {
      if (received.method === "POST" && leaves) leaving.abort();
      (received.method === "GET" ? json(200, { items: [] }) : issue)(response, received);
    });
    const sightline = `sightline: { github: { api_url: "${github.url}", token: t, owner: acme, repo: app } }`;
    const source = `route: { receiver: nobody }\nreceivers: [{ name: nobody }, { name: issues, ${sightline} }]`;
    const change = PutConfigurationRequest.fromPartial({ source, author: "ann" });
    await alerter.alertmanager.call("putConfiguration", change, ofTenant);
    const rule = `{ alert: worse, sightline: { composite: { condition: busy }, recipients: ["receiver:issues"] } }`;
    await put("tests", `groups: [{ name: tests, rules: [${rule}] }]`);
    await eventually(async () => {
      const { recipients } = await testRule({ rule: "worse" });
      assert.deepEqual(recipients[0]?.integrations, ["github[0]"]);
    });
    assert.equal(github.received.length, 0);
    await testRule({ rule: "worse", send: true });
    const calls = github.received.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
    assert.deepEqual(calls.slice(0, 3), [
      "GET /search/issues",
      "POST /repos/acme/app/issues",
      "PATCH /repos/acme/app/issues/7",
    ]);
    assert.equal(JSON.parse(github.received[2]?.body ?? "").state, "closed");

    // Neither when whoever tests leaves before the end.
    const before = github.received.length;
    leaves = true;
    await assert.rejects(testRule({ rule: "worse", send: true }, leaving.signal), { code: "cancelled" });
    await eventually(() => {
      const patched = github.received.slice(before).find(({ method }) => method === "PATCH");
      assert.equal(JSON.parse(patched?.body ?? "{}").state, "closed");
    });
  });

  test("a rule that is not there, or there twice, is refused", async () => {
    await fails(testRule({ rule: "none" }), "not_found", /the rule "none"/);
    await fails(testRule({ rule: "" }), "invalid_argument");
    await put("hosts-2", rules);
    await fails(testRule({}), "failed_precondition", /hosts \(hosts\), hosts-2 \(hosts\)/);
    assert.equal((await testRule({ file: "hosts-2" })).file, "hosts-2");
  });
});
