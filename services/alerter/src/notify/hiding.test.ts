import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ExplainAlertRequest,
  PreviewRoutingRequest,
  Silence,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { OpenMaintenanceWindowRequest } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { config as schema } from "../config.ts";
import { fails, listed, putRule, putWebhook } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { routeTo } from "../testing/routed.ts";
import { eventRule } from "../testing/rules.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";

const HOUR_MS = 3_600_000;

describe("what hides alerts from channels", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  const silenceOf = (target: string, nowMs: number) =>
    Silence.fromPartial({
      matchers: [{ name: "target", value: target, isRegex: false, isEqual: true }],
      startsAtUnixMs: BigInt(nowMs),
      endsAtUnixMs: BigInt(nowMs + HOUR_MS),
      createdBy: "bob",
      comment: "we know",
    });
  /** Until whoever dispatches knows what hides these labels. */
  const hidden = ({ alertmanager }: Alerter, labels: Record<string, string>) =>
    eventually(async () => {
      const request = PreviewRoutingRequest.fromPartial({ alerts: [{ labels }] });
      const { alerts } = await alertmanager.call("previewRouting", request, ofTenant);
      assert.match(alerts[0]?.sentence ?? "", /^Nobody would be told/);
    });
  const story = async ({ alertmanager }: Alerter, alertId: string) => {
    const request = ExplainAlertRequest.fromPartial({ alert: { $case: "alertId", value: alertId } });
    const { decisions } = await alertmanager.call("explainAlert", request, ofTenant);
    return decisions.filter(({ receiver }) => receiver === "channel:hook").map(({ sentence }) => sentence);
  };

  test("a channel is told of what a silence hid when that ends, and its record says why it was not before", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    await putRule(alerter, eventRule({}, { groupBy: ["target"] }));
    const silence = silenceOf("web-1", Date.now());
    const { silenceId } = await alerter.alertmanager.call("putSilence", { silence }, ofTenant);
    await hidden(alerter, { alertname: "Boom", target: "web-1" });
    await here.send({ eventType: "boom", target: "web-1" }, { eventType: "boom", target: "web-2" });
    const [first, second] = await listed(alerter, 2);
    const alert = [first, second].find((one) => one?.labels["target"] === "web-1");
    const said = `Not told to channel:hook: the silence ${silenceId} matches it.`;
    await eventually(async () => assert.deepEqual(await story(alerter, alert?.alertId ?? ""), [said]));
    await eventually(() => receiver.received.length === 1);
    await alerter.alertmanager.call("expireSilence", { silenceId }, ofTenant);
    await eventually(() => receiver.received.length === 2);
    const due = "A notification is due to channel:hook: nothing hides it any more.";
    const told = "The notification to channel:hook (webhook) was delivered: 200 ok.";
    await eventually(async () => assert.deepEqual(await story(alerter, alert?.alertId ?? ""), [said, due, told]));
    assert.deepEqual(
      receiver.received.map(({ body }) => body.alerts.map(({ labels }) => labels["target"])),
      [["web-2"], ["web-1"]],
    );
  });

  test("what begins and ends in a maintenance window no channel hears of", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    await putRule(alerter, eventRule({}, { groupBy: ["target"], resolveExpression: "event_type == 'fine'" }));
    const window = { window: "deploy", forMs: BigInt(HOUR_MS), reason: "release", matchers: ['target="web-1"'] };
    const request = OpenMaintenanceWindowRequest.fromPartial({ ...window, userId: "ci" });
    await alerter.windows.call("openMaintenanceWindow", request, ofTenant);
    await hidden(alerter, { alertname: "Boom", target: "web-1" });
    await here.send({ eventType: "boom", target: "web-1" });
    const [alert] = await listed(alerter, 1);
    await eventually(async () => assert.equal((await story(alerter, alert?.alertId ?? "")).length, 1));
    await here.send({ eventType: "fine", target: "web-1" });
    await eventually(async () => {
      const told = await story(alerter, alert?.alertId ?? "");
      const nothing = "Nothing to tell to channel:hook: it was over before the channel was told of it.";
      assert.equal(told.at(-1), nothing);
    });
    assert.deepEqual(receiver.received, []);
  });

  test("a silence hides and ends as ever where the configuration is sealed with a key that is not there", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    const sealBy = (letter: string) => schema.parse({ internalToken: "t", seal: { key: letter.repeat(32) } }).seal;
    {
      await using sealing = await here.startAlerter({ seal: sealBy("k") });
      await routeTo(sealing, receiver);
    }
    await using alerter = await here.startAlerter({ seal: sealBy("o") });
    await fails(alerter.alertmanager.call("getConfiguration", {}, ofTenant), "failed_precondition");
    await putWebhook(alerter, receiver.url);
    await putRule(alerter, eventRule({}, { groupBy: ["target"] }));
    const silence = silenceOf("web-1", Date.now());
    const { silenceId } = await alerter.alertmanager.call("putSilence", { silence }, ofTenant);
    await here.send({ eventType: "boom", target: "web-1" }, { eventType: "boom", target: "web-2" });
    const alerts = await listed(alerter, 2);
    const { alertId = "" } = alerts.find(({ labels }) => labels["target"] === "web-1") ?? {};
    const told = () => receiver.received.map(({ body }) => body.alerts.map(({ labels }) => labels["target"]));
    await eventually(async () => assert.equal((await story(alerter, alertId)).length, 1));
    await eventually(() => assert.deepEqual(told(), [["web-2"]]));
    await alerter.alertmanager.call("expireSilence", { silenceId }, ofTenant);
    await eventually(() => assert.deepEqual(told(), [["web-2"], ["web-1"]]));
  });
});
