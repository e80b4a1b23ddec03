// From alerts that are sent to webhooks that are told, with a real Postgres: routes, groups, silences, what another replica knows, and
// that nobody is told twice when one takes over from another.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ensureTenant } from "@sightline/postgres/users";
import {
  ListAlertGroupsRequest,
  ListRoutedAlertsRequest,
  ListSilencesRequest,
  PostAlertsRequest,
  type RoutedAlert,
  Silence,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { config as schema } from "../config.ts";
import { fails, list, putRule } from "../testing/calls.ts";
import { type Receiver, startReceiver, status } from "../testing/receiver.ts";
import { metricRule } from "../testing/rules.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";

const HOUR_MS = 3_600_000;

interface Configured {
  readonly url: string;
  readonly more?: string;
}

/** Groups by team; what is of the team `b` goes elsewhere. */
const configuration = ({ url, more = "" }: Configured) => `
route:
  receiver: everybody
  group_by: [team]
  group_wait: 50ms
  group_interval: 200ms
  repeat_interval: 1h
  routes:
    - matchers: [team="b"]
      receiver: team-b
receivers:
  - name: everybody
    webhook_configs: [{ url: "${url}" }]
  - name: team-b
    webhook_configs: [{ url: "${url}" }]
${more}`;

describe("routing and telling of alerts", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  async function configure(alerter: Alerter, given: Configured): Promise<void> {
    const request = {
      source: configuration(given),
      templates: {},
      author: "ann",
      onlyCheck: false,
      keepTemplates: false,
    };
    await alerter.alertmanager.call("putConfiguration", request, ofTenant);
  }

  async function post(alerter: Alerter, ...alerts: Record<string, string>[]): Promise<readonly string[]> {
    const request = PostAlertsRequest.fromPartial({ alerts: alerts.map((labels) => ({ labels })) });
    return (await alerter.alertmanager.call("postAlerts", request, ofTenant)).refusals;
  }

  async function end(alerter: Alerter, labels: Record<string, string>): Promise<void> {
    const alerts = [{ labels, endsAtUnixMs: BigInt(Date.now()) }];
    await alerter.alertmanager.call("postAlerts", PostAlertsRequest.fromPartial({ alerts }), ofTenant);
  }

  async function alerts(alerter: Alerter): Promise<RoutedAlert[]> {
    const found: RoutedAlert[] = [];
    const request = ListRoutedAlertsRequest.fromPartial({});
    for await (const piece of alerter.alertmanager.stream("listRoutedAlerts", request, ofTenant)) {
      found.push(...piece.alerts);
    }
    return found;
  }

  const toldOf = ({ received }: Receiver) =>
    received.map(({ body }) => [
      body.receiver,
      body.status,
      body.groupKey,
      body.alerts.map(({ labels }) => labels["alertname"]).sort(),
    ]);

  test("what is sent is told to its receiver, grouped, and again when it ends", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, receiver);
    const one = { alertname: "Down", team: "a" };
    assert.deepEqual(await post(alerter, one, { alertname: "Slow", team: "b" }, { alertname: "Full", team: "b" }), []);
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(toldOf(receiver).sort(), [
      ["everybody", "firing", '{}:{team="a"}', ["Down"]],
      ["team-b", "firing", '{}/{team="b"}:{team="b"}', ["Full", "Slow"]],
    ]);
    await end(alerter, one);
    await eventually(() => receiver.received.length === 3);
    assert.deepEqual(toldOf(receiver)[2], ["everybody", "resolved", '{}:{team="a"}', ["Down"]]);
    const groups: unknown[] = [];
    for await (const piece of alerter.alertmanager.stream(
      "listAlertGroups",
      ListAlertGroupsRequest.fromPartial({}),
      ofTenant,
    )) {
      groups.push(...piece.groups.map(({ receiver: name, labels }) => [name, labels]));
    }
    assert.deepEqual(groups, [["team-b", { team: "b" }]]);
  });

  test("a wrong alert is refused, the others are taken", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const refusals = await post(alerter, { team: "" }, { alertname: "Down" });
    assert.deepEqual(refusals, ["cannot take alert 0: got no labels, want at least one that has a value"]);
    await eventually(async () => {
      assert.deepEqual(
        (await alerts(alerter)).map(({ labels, receivers }) => [labels, receivers]),
        [[{ alertname: "Down" }, ["nobody"]]],
      );
    });
  });

  test("what nobody can take or keep stops nobody else's alerts", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, receiver);
    const insert = "INSERT INTO alert_inbox (tenant, entry, bytes, received_at) VALUES ($1, $2, 1, now())";
    await here.sql.execute(insert, [here.tenant, JSON.stringify({ kind: "of another version" })]);
    const nul = { labels: { alertname: "Nul" }, annotations: { summary: "a\0b" } };
    const down = { labels: { alertname: "Down", team: "a" }, generatorUrl: "http://prometheus/\0graph" };
    const longest = "http://prometheus/graph".padEnd(65_536, "x");
    const kept = { labels: { alertname: "Kept", team: "a" }, generatorUrl: longest };
    const tooLong = { labels: { alertname: "TooLong", team: "a" }, generatorUrl: `${longest}x` };
    const request = PostAlertsRequest.fromPartial({ alerts: [{ ...nul, place: 7 }, down, kept, tooLong] });
    const { refusals } = await alerter.alertmanager.call("postAlerts", request, ofTenant);
    assert.deepEqual(refusals, ['cannot take alert 7: got a NUL in the annotation "summary", want a text']);
    // What a receiver answers is kept, whatever it is.
    receiver.answer(status(500, {}, "\0 \u{1f600}".repeat(200)));
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(toldOf(receiver)[1], ["everybody", "firing", '{}:{team="a"}', ["Down", "Kept", "TooLong"]]);
    assert.deepEqual(
      receiver.received[1]?.body.alerts.map(({ generatorURL }) => generatorURL),
      ["http://prometheus/\uFFFDgraph", longest, ""],
    );
  });

  test("a replica that stops tells to the end what it began, and nobody tells it again", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    const first = await here.startAlerter();
    await configure(first, receiver);
    const { promise: answers, resolve: answer } = Promise.withResolvers<void>();
    receiver.answer((response) => void answers.then(() => response.end("ok")));
    await post(first, { alertname: "Down", team: "a" });
    await eventually(() => receiver.received.length === 1);
    const stopped = first.stop();
    answer();
    await stopped;
    await using second = await here.startAlerter();
    await post(second, { alertname: "Slow", team: "b" });
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(
      toldOf(receiver).map(([name]) => name),
      ["everybody", "team-b"],
    );
  });

  test("the alert of a rule is routed as one that is sent", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, receiver);
    await putRule(alerter, metricRule({ labels: { team: "b" }, channels: [] }));
    here.storage.set("queue_depth", 12, { queue: "mail" });
    await eventually(() => receiver.received.length === 1);
    const [told] = receiver.received;
    assert.deepEqual(told?.body.commonLabels, {
      alertname: "Deep queue",
      severity: "warning",
      team: "b",
      queue: "mail",
    });
    here.storage.set("queue_depth", 1, { queue: "mail" });
    await eventually(() => receiver.received.length === 2);
    assert.equal(receiver.received[1]?.body.status, "resolved");
  });

  test("why somebody was told, and why not, in order", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, receiver);
    await putRule(alerter, metricRule({ labels: { team: "b" }, channels: [] }));
    here.storage.set("queue_depth", 12, { queue: "mail" });
    await eventually(() => receiver.received.length === 1);
    const [alert] = await list(alerter);
    assert.ok(alert);
    const steps = await eventually(async () => {
      const request = { alert: { $case: "alertId", value: alert.alertId }, startUnixMs: 0n, endUnixMs: 0n } as const;
      const { decisions } = await alerter.alertmanager.call("explainAlert", request, ofTenant);
      // Once more at the group's next turn, as the group has nothing that was not told.
      assert.equal(decisions.at(-1)?.step, "deduplicated");
      return decisions;
    });
    assert.deepEqual(
      steps.map(({ step }) => step),
      ["firing", "received", "grouped", "waiting", "due", "attempted", "delivered", "deduplicated"],
    );
    const due = steps.find(({ step }) => step === "due");
    assert.deepEqual(
      [due?.receiver, due?.integration, due?.groupKey],
      ["team-b", "webhook[0]", '{}/{team="b"}:{team="b"}'],
    );
  });

  test("what is silenced is not told before the silence ends", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, receiver);
    const nowMs = Date.now();
    const silence = Silence.fromPartial({
      matchers: [{ name: "alertname", value: "Down", isRegex: false, isEqual: true }],
      startsAtUnixMs: BigInt(nowMs),
      endsAtUnixMs: BigInt(nowMs + HOUR_MS),
      createdBy: "ann",
      comment: "we know",
    });
    const { silenceId } = await alerter.alertmanager.call("putSilence", { silence }, ofTenant);
    await post(alerter, { alertname: "Down", team: "a" }, { alertname: "Slow", team: "a" });
    await eventually(() => receiver.received.length === 1);
    assert.deepEqual(toldOf(receiver), [["everybody", "firing", '{}:{team="a"}', ["Slow"]]]);
    const silenced = (await alerts(alerter)).filter(({ suppressed }) => suppressed);
    assert.deepEqual(
      silenced.map(({ labels, silencedBy }) => [labels["alertname"], silencedBy]),
      [["Down", [silenceId]]],
    );
    await alerter.alertmanager.call("expireSilence", { silenceId }, ofTenant);
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(toldOf(receiver)[1], ["everybody", "firing", '{}:{team="a"}', ["Down", "Slow"]]);
    const { silences } = await alerter.alertmanager.call("listSilences", ListSilencesRequest.fromPartial({}), ofTenant);
    assert.deepEqual(
      silences.map(({ silenceId: id, comment, createdBy }) => [id, comment, createdBy]),
      [[silenceId, "we know", "ann"]],
    );
  });

  test("a silence wants an author, a reason and an end", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const put = (change: Partial<Silence>) =>
      alerter.alertmanager.call(
        "putSilence",
        {
          silence: Silence.fromPartial({
            matchers: [{ name: "alertname", value: "Down", isRegex: false, isEqual: true }],
            startsAtUnixMs: BigInt(Date.now()),
            endsAtUnixMs: BigInt(Date.now() + HOUR_MS),
            createdBy: "ann",
            comment: "we know",
            ...change,
          }),
        },
        ofTenant,
      );
    await fails(put({ createdBy: "" }), "invalid_argument", /author/);
    await fails(put({ comment: " " }), "invalid_argument", /comment/);
    await fails(put({ endsAtUnixMs: BigInt(Date.now() - 1000) }), "invalid_argument", /end/);
  });

  test("a receiver that answers 500 is told again, and another is not kept waiting", async () => {
    await using here = await world();
    await using broken = await startReceiver();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    broken.answer(status(500), status(500));
    const source = configuration(broken).replace(
      `- name: team-b\n    webhook_configs: [{ url: "${broken.url}" }]`,
      `- name: team-b\n    webhook_configs: [{ url: "${receiver.url}" }]`,
    );
    const request = { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false };
    await alerter.alertmanager.call("putConfiguration", request, ofTenant);
    await post(alerter, { alertname: "Down", team: "a" }, { alertname: "Slow", team: "b" });
    await eventually(() => receiver.received.length === 1);
    await eventually(() => broken.received.length === 3);
    assert.equal(new Set(broken.received.map(({ body }) => body.groupKey)).size, 1);
  });

  test("a configuration that is wrong is refused as a whole, and says where", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, receiver);
    const put = (source: string) =>
      alerter.alertmanager.call(
        "putConfiguration",
        { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false },
        ofTenant,
      );
    await fails(put("route:\n  receiver: nobody\n"), "invalid_argument", /undefined receiver "nobody" used in route/);
    await fails(put("route: [\n"), "invalid_argument", /2:1/);
    await fails(
      put(`route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url_file: /etc/passwd }] }]`),
      "invalid_argument",
      /receiver "a", webhook\[0\].*url_file/,
    );
    const inForce = await alerter.alertmanager.call("getConfiguration", {}, ofTenant);
    assert.equal(inForce.version, 1n);
    assert.match(inForce.source, /url: "<secret>"/);
  });

  test("what comes in while the key of a configuration is missing waits for it, and others are told", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    const { seal } = schema.parse({ internalToken: "t", seal: { key: "k".repeat(32) } });
    {
      await using sealing = await here.startAlerter({ seal });
      await configure(sealing, receiver);
      assert.deepEqual(await sealing.notReady(), []);
    }
    {
      await using keyless = await here.startAlerter();
      await eventually(async () => assert.deepEqual(await keyless.notReady(), ["alertmanager configurations"]));
      await fails(keyless.alertmanager.call("getConfiguration", {}, ofTenant), "failed_precondition", /key/);
      await post(keyless, { alertname: "Down", team: "a" });
      await ensureTenant(here.sql, "other");
      const ofOther = { ...ofTenant, tenant: "other" };
      const source = configuration(receiver);
      const draft = { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false };
      await keyless.alertmanager.call("putConfiguration", draft, ofOther);
      const fires = PostAlertsRequest.fromPartial({ alerts: [{ labels: { alertname: "Full", team: "a" } }] });
      await keyless.alertmanager.call("postAlerts", fires, ofOther);
      await eventually(() => receiver.received.length === 1);
      const waiting = z.object({ tenant: z.string() });
      const inbox = await here.sql.query("SELECT tenant FROM alert_inbox", [], waiting);
      assert.deepEqual(inbox, [{ tenant: here.tenant }]);
    }
    await using alerter = await here.startAlerter({ seal });
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ body }) => body.alerts.map(({ labels }) => labels["alertname"])),
      [["Full"], ["Down"]],
    );
    assert.deepEqual(await alerter.notReady(), []);
  });

  test("another replica answers the same, and goes on without telling anybody twice", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using first = await here.startAlerter();
    await configure(first, receiver);
    await post(first, { alertname: "Down", team: "a" });
    await eventually(() => receiver.received.length === 1);
    await using second = await here.startAlerter();
    await eventually(async () => assert.deepEqual(await alerts(second), await alerts(first)));
    await first.stop();
    await end(second, { alertname: "Down", team: "a" });
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ body }) => body.status),
      ["firing", "resolved"],
    );
  });
});
