// A tenant's alertmanager.yml as people read, change and put it, with a real Postgres: nothing of it gets lost on the way.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PutConfigurationRequest, TestReceiverRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { fails } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { post } from "../testing/routed.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";

const configuration = (url: string) => `# Ours. Ask Ann before you change it.
route: { receiver: hook, group_wait: 50ms, group_interval: 200ms }   # all of it

receivers:
  - name: hook
    webhook_configs:
      - url: '${url}' # the hook
  - name: mail
    opsgenie_configs: [{ api_key: hush, message: '{{ template "our.message" . }}' }]
templates: [ours.tmpl]
`;
const shown = configuration("<secret>").replace("hush", "<secret>");
const templates = { "ours.tmpl": '{{ define "our.message" }}Ours{{ end }}' };

describe("a configuration", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  function put(alerter: Alerter, source: string, more: Partial<PutConfigurationRequest> = {}) {
    const request = PutConfigurationRequest.fromPartial({ source, author: "ann", ...more });
    return alerter.alertmanager.call("putConfiguration", request, ofTenant);
  }
  const inForce = (alerter: Alerter) => alerter.alertmanager.call("getConfiguration", {}, ofTenant);

  test("is shown as it was written, and keeps its secrets and templates when it is changed", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await put(alerter, configuration(receiver.url), { templates });
    const before = await inForce(alerter);
    assert.equal(before.source, shown);
    assert.deepEqual(before.templates, templates);
    assert.match(before.plainSource, /url: <secret>\n.*send_resolved: true|send_resolved: true[\s\S]*url: <secret>/);
    assert.doesNotMatch(before.plainSource, /hush|Ask Ann/);

    const changed = before.source.replace("# all of it", "# all");
    const checked = await put(alerter, changed, { onlyCheck: true, keepTemplates: true });
    assert.deepEqual(checked, { version: 0n, receivers: ["hook", "mail"] });
    const { version } = await put(alerter, changed, { keepTemplates: true, expectedVersion: before.version });
    assert.equal(version, 2n);
    const now = await inForce(alerter);
    assert.equal(now.source, changed);
    assert.deepEqual(now.templates, templates);
    await post(alerter, { alertname: "Down" });
    await eventually(() => receiver.received.length === 1);
  });

  test("is refused with the place of each secret that is hidden and not kept", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    await fails(put(alerter, shown), "invalid_argument", /7:14: got "<secret>", want the secret itself.*\n9:35: got/);
    await put(alerter, configuration("http://127.0.0.1:1/"));
    const renamed = shown.replace("name: mail", "name: other");
    for (const onlyCheck of [true, false]) {
      await fails(put(alerter, renamed, { onlyCheck }), "invalid_argument", /: 9:35: got "<secret>"/);
    }
    // What else is wrong is told at its place in the text that was sent, not in that with the secrets.
    const wrong = shown.replace("message:", "massage:");
    await fails(put(alerter, wrong), "invalid_argument", /9:45: field massage not found/);
    assert.equal((await inForce(alerter)).version, 1n);
  });

  test("is changed by one at a time: who has not seen the newest version is told of it", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const expectedVersion = (await inForce(alerter)).version;
    const source = configuration("http://127.0.0.1:1/");
    const outcomes = await Promise.allSettled(
      ["ann", "bob", "eve"].map((author) => put(alerter, source, { author, expectedVersion })),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    const { version, author } = await inForce(alerter);
    assert.equal(version, 1n);
    await fails(
      put(alerter, source, { expectedVersion: 7n }),
      "failed_precondition",
      new RegExp(`got version 7 to change, but it is version 1, put by ${author}`),
    );
    await fails(put(alerter, source, { expectedVersion: 0n }), "failed_precondition", /got the first one to change/);
    assert.equal((await put(alerter, source)).version, 1n, "what says the same is no other version");
    assert.equal((await put(alerter, source.replace("# all of it", "#"), { author: "eve" })).version, 2n);
    assert.deepEqual((await inForce(alerter)).templates, {});
  });

  test("is tried out with its secrets before it is put", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await put(alerter, configuration(receiver.url));
    const draft = { source: shown.replace("50ms", "1m"), templates: {} };
    const request = TestReceiverRequest.fromPartial({ receiver: "hook", draft, userId: "ann" });
    const { integrations } = await alerter.alertmanager.call("testReceiver", request, ofTenant);
    assert.deepEqual(
      integrations.map(({ integration, delivered }) => [integration, delivered]),
      [["webhook[0]", true]],
    );
    const { nodes } = await alerter.alertmanager.call("getRouteTree", { draft }, ofTenant);
    assert.equal(nodes[0]?.groupWaitMs, 60_000n);
  });

  test("sends no secret to whoever tests a draft of it", async () => {
    await using here = await world();
    await using ours = await startReceiver();
    await using theirs = await startReceiver();
    await using alerter = await here.startAlerter();
    const source = `route: { receiver: hook }
receivers: [{ name: hook, opsgenie_configs: [{ api_url: '${ours.url}', api_key: hush }] }]`;
    await put(alerter, source);
    const draft = { source: (await inForce(alerter)).source.replace(ours.url, theirs.url), templates: {} };
    const request = TestReceiverRequest.fromPartial({ receiver: "hook", draft, userId: "eve" });
    const why = /2:\d+: got "<secret>", want the secret itself: receiver "hook", opsgenie\[0\] leads elsewhere/;
    await fails(alerter.alertmanager.call("testReceiver", request, ofTenant), "invalid_argument", why);
    await fails(put(alerter, draft.source), "invalid_argument", why);
    assert.equal(theirs.received.length, 0);
    await put(alerter, draft.source.replace("<secret>", "other"));
  });

  test("has the files that it names sent along, and keeps them", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    const source = `route: { receiver: hook, group_wait: 50ms }
receivers: [{ name: hook, webhook_configs: [{ url_file: /run/url }] }]
`;
    await fails(
      put(alerter, source),
      "invalid_argument",
      /url_file of webhook_configs: got "\/run\/url", want its text/,
    );
    const texts = { "/run/url": `${receiver.url}\n`, "/run/other": "hush" };
    await put(alerter, source, { files: { texts } });
    assert.deepEqual((await inForce(alerter)).files, ["/run/url"]);
    assert.equal((await put(alerter, source.replace("50ms", "60ms"))).version, 2n);
    assert.deepEqual((await inForce(alerter)).files, ["/run/url"]);
    await post(alerter, { alertname: "Down" });
    await eventually(() => receiver.received.length === 1);
    const { source: shown, files } = await inForce(alerter);
    assert.ok(!JSON.stringify([shown, files]).includes(receiver.url));
  });
});
