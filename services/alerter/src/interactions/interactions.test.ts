// Buttons in Slack, with a real Postgres and bus and a Slack on loopback: what is pressed is done in the name of who pressed it, and the
// message says so.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { ActOnAlertGroupResponse } from "@sightline/proto/sightline/alert/v1/action_service";
import { PutContactsRequest } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { Registry } from "prom-client";
import { z } from "zod";
import { json, type Loopback, startLoopback, text } from "../channels/testing/loopback.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { fails } from "../testing/calls.ts";
import { alertGroups, end, post } from "../testing/routed.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";
import { createInteractions } from "./interactions.ts";

const element = z.looseObject({ action_id: z.string().optional() });
const messageForm = z.looseObject({
  attachments: z.array(z.looseObject({ blocks: z.array(z.looseObject({ elements: z.array(element).optional() })) })),
});
type Message = z.infer<typeof messageForm>;

test("what is pressed is counted, by what came of it", async () => {
  const metrics = createAlerterMetrics(new Registry());
  let alerts: number | AppError = 1;
  const onGroup = async () => {
    if (typeof alerts !== "number") throw alerts;
    return ActOnAlertGroupResponse.fromPartial({ alerts });
  };
  const replies = { send: () => undefined, close: async () => undefined };
  const { interact } = createInteractions({
    ...{ actions: { onGroup }, replies, clock: Date.now, metrics },
    userOf: async () => undefined,
  });
  const press = (verb: string, value = "0".repeat(64)) => {
    const actions = [{ action_id: `sightline_${verb}`, value }];
    const payload = { type: "block_actions", user: { id: "U1" }, actions };
    return interact("acme", { channel: "slack", payload: Buffer.from(JSON.stringify(payload)) });
  };
  assert.deepEqual(await press("act_acknowledge"), { outcome: "done" });
  alerts = 0;
  assert.deepEqual(await press("act_resolve"), { outcome: "over" });
  alerts = new AppError("not_found", "there is none of that tag");
  assert.deepEqual(await press("act_resolve"), { outcome: "unknown" });
  assert.deepEqual(await press("open"), { outcome: "nothing" });
  alerts = unavailable("the database is away");
  await fails(press("act_snooze", `60 ${"0".repeat(64)}`), "unavailable");
  await fails(press("act_acknowledge", "none"), "invalid_argument");
  const { values } = await metrics.interactions.get();
  assert.deepEqual(
    values.map(({ labels, value }) => [labels.channel, labels.verb, labels.outcome, value]),
    [
      ["slack", "acknowledge", "done", 1],
      ["slack", "resolve", "over", 1],
      ["slack", "resolve", "unknown", 1],
      ["slack", "", "nothing", 1],
      ["slack", "snooze", "unavailable", 1],
      ["slack", "", "invalid_argument", 1],
    ],
  );
});

const down = { alertname: "Down", team: "a" };

describe("buttons of messages", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  async function tellSlack(alerter: Alerter, config: string): Promise<void> {
    const source = `
route: { receiver: ops, group_by: [team], group_wait: 50ms, group_interval: 200ms, repeat_interval: 1h }
receivers:
  - { name: hook, webhook_configs: [{ url: "http://127.0.0.1:1/" }] }
  - name: ops
    slack_configs: [{ send_resolved: true, ${config} }]
    sightline: { slack: { layout: blocks, interactive: true } }
`;
    const request = { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false };
    await alerter.alertmanager.call("putConfiguration", request, ofTenant);
  }

  const sentTo = ({ received }: Loopback, path: string) =>
    received.filter((one) => one.path.startsWith(path)).map(({ body }) => messageForm.parse(JSON.parse(body)));

  /** Presses a button of a message, as Slack tells it. Resolves to what came of it. */
  async function press(alerter: Alerter, message: Message, verb: string, { url }: { url: string }) {
    const buttons = message.attachments[0]?.blocks.at(-1)?.elements ?? [];
    const button = buttons.find(({ action_id: id }) => id === `sightline_act_${verb}`);
    assert.ok(button, `${verb} is none of ${buttons.map(({ action_id: id }) => id)}`);
    const [option] = z.array(z.unknown()).catch([]).parse(button["options"]);
    const payload = {
      type: "block_actions",
      user: { id: "U1", username: "bob" },
      channel: { id: "C1", name: "ops" },
      response_url: url,
      actions: [{ ...button, ...(option !== undefined && { selected_option: option }) }],
      message,
    };
    return interact(alerter, payload);
  }

  const interact = async (alerter: Alerter, payload: unknown) => {
    const request = { channel: "slack", payload: Buffer.from(JSON.stringify(payload)) };
    return (await alerter.interactions.call("interact", request, ofTenant)).outcome;
  };

  const careOf = async (alerter: Alerter) => (await alertGroups(alerter))[0]?.care;

  test("a message of a webhook follows what people press, in their name, until nothing fires any more", async () => {
    await using here = await world();
    await using slack = await startLoopback(text(200, "ok"));
    await using alerter = await here.startAlerter();
    await tellSlack(alerter, `api_url: "${slack.url}/services/x"`);
    await post(alerter, down);
    const first = await eventually(() => {
      const [message] = sentTo(slack, "/services/");
      assert.ok(message);
      return message;
    });
    let replies = 0;
    const pressed = async (message: Message, verb: string, want: RegExp): Promise<Message> => {
      assert.equal(await press(alerter, message, verb, { url: `${slack.url}/actions/${++replies}` }), "done");
      return eventually(() => {
        const [replaced] = sentTo(slack, `/actions/${replies}`);
        assert.ok(replaced);
        assert.match(JSON.stringify(replaced.attachments[0]?.blocks.at(-2)), want);
        return replaced;
      });
    };
    const taken = await pressed(first, "acknowledge", /"Acknowledged by bob \(Slack\)"/);
    await eventually(async () => {
      const care = await careOf(alerter);
      assert.deepEqual([care?.acknowledgedBy, care?.note], ["bob (Slack)", "in #ops, as U1"]);
    });
    // Who does not see that message hears of it as of all acknowledgements.
    await eventually(() =>
      assert.match(JSON.stringify(sentTo(slack, "/services/")), /Acknowledged by bob \(Slack\): in #ops/),
    );
    const open = await pressed(taken, "unacknowledge", /"Un-acknowledged by bob \(Slack\)"/);
    await eventually(async () => assert.equal((await careOf(alerter))?.acknowledgedBy ?? "", ""));
    const asleep = await pressed(open, "snooze", /"Snoozed by bob \(Slack\) until /);
    await eventually(async () => {
      const { snoozedBy = "", snoozedUntilUnixMs: until = 0n } = (await careOf(alerter)) ?? {};
      const minutes = (Number(until) - Date.now()) / 60_000;
      assert.deepEqual([snoozedBy, minutes > 28 && minutes <= 30], ["bob (Slack)", true]);
    });
    await pressed(asleep, "resolve", /"Resolved by bob \(Slack\)"/);
    await eventually(async () => assert.deepEqual(await alertGroups(alerter), []));
    await eventually(async () => {
      const acts = await here.sql.query(
        "SELECT detail FROM alert_decisions WHERE tenant = $1 AND step = 'action' ORDER BY decision_id",
        [here.tenant],
        z.object({ detail: z.string() }),
      );
      assert.deepEqual(
        acts.map(({ detail }) => detail),
        Array.from({ length: 4 }, () => "bob (Slack): in #ops, as U1"),
      );
    });
    // The group is forgotten when it was told that it is over.
    await eventually(async () =>
      assert.equal(await press(alerter, first, "acknowledge", { url: `${slack.url}/actions/late` }), "unknown"),
    );
    await eventually(() => {
      const late = slack.received.filter(({ path }) => path === "/actions/late").map(({ body }) => body);
      assert.match(late.join("\n"), /"ephemeral","replace_original":false,"text":"Cannot find this group any more/);
    });
  });

  test("what is pressed is done, and everybody hears of it, though Slack does not take the reply at once", async () => {
    await using here = await world();
    const replies = [text(500), text(500), text(200, "ok")];
    const posted = json(200, { ok: true, channel: "C1", ts: "1.2" });
    await using slack = await startLoopback((response, got) => {
      const answer = got.path.startsWith("/actions/") ? (replies.shift() ?? text(404, "expired_url")) : posted;
      answer(response, got);
    });
    await using alerter = await here.startAlerter();
    const api = `app_url: "${slack.url}/api/chat.postMessage", app_token: xoxb-1`;
    await tellSlack(alerter, `${api}, channel: "#ops"`);
    await post(alerter, down);
    const [first] = await eventually(() => {
      const messages = sentTo(slack, "/api/");
      assert.ok(messages.length >= 1);
      return messages;
    });
    assert.ok(first);
    assert.equal(await press(alerter, first, "acknowledge", { url: `${slack.url}/actions/1` }), "done");
    await eventually(() => assert.match(JSON.stringify(sentTo(slack, "/api/").at(-1)), /Acknowledged by bob/));
    await eventually(() => assert.equal(sentTo(slack, "/actions/1").length, 3));
    for (const replaced of sentTo(slack, "/actions/1")) {
      assert.match(JSON.stringify(replaced.attachments[0]?.blocks.at(-2)), /"Acknowledged by bob \(Slack\)"/);
    }
    await end(alerter, down);
    await eventually(async () => assert.deepEqual(await alertGroups(alerter), []));
  });

  test("who is told by an account in Slack acts by it under their own name, as from Slack, unless others have it too", async () => {
    await using here = await world();
    await using slack = await startLoopback(text(200, "ok"));
    await using alerter = await here.startAlerter();
    await tellSlack(alerter, `api_url: "${slack.url}/services/x"`);
    await post(alerter, down);
    const first = await eventually(() => {
      const [message] = sentTo(slack, "/services/");
      assert.ok(message);
      return message;
    });
    const contactBy = (user: string, address: string, receiver = "ops") => {
      const contacts = { user, timeZone: "Europe/Berlin", methods: [{ receiver, address }] };
      const request = PutContactsRequest.fromPartial({ contacts, userId: "ann" });
      return alerter.oncall.call("putContacts", request, ofTenant);
    };
    let presses = 0;
    const pressedBy = async (want: string) => {
      const path = `/actions/${++presses}`;
      assert.equal(await press(alerter, first, "acknowledge", { url: slack.url + path }), "done");
      await eventually(async () => assert.equal((await careOf(alerter))?.acknowledgedBy, want));
      await eventually(() => assert.ok(JSON.stringify(sentTo(slack, path)).includes(`"Acknowledged by ${want}"`)));
    };
    await contactBy("carol", "U9");
    await contactBy("dave", "U1", "hook");
    await contactBy("erin", "U1", "none of these");
    await pressedBy("bob (Slack)");
    await contactBy("bob.smith", "U1");
    await pressedBy("bob.smith (Slack)");
    await contactBy("carol", "U1");
    await pressedBy("bob (Slack)");
  });

  test("what is no press is nothing, and what is none of Slack's is refused", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const link = { type: "block_actions", user: { id: "U1" }, actions: [{ action_id: "sightline_open", value: "x" }] };
    assert.equal(await interact(alerter, link), "nothing");
    assert.equal(await interact(alerter, { type: "shortcut", callback_id: "x" }), "nothing");
    const unknown = { ...link, actions: [{ action_id: "sightline_act_acknowledge", value: "0".repeat(64) }] };
    assert.equal(await interact(alerter, unknown), "unknown");
    await fails(interact(alerter, { ...link, actions: [] }), "invalid_argument", /actions/);
    await fails(interact(alerter, { ...link, user: "bob" }), "invalid_argument", /user/);
    await fails(interact(alerter, 7), "invalid_argument", /cannot read the interaction/);
    const request = { channel: "telegram", payload: Buffer.from("{}") };
    await fails(alerter.interactions.call("interact", request, ofTenant), "invalid_argument", /telegram/);
    const broken = { channel: "slack", payload: Buffer.from("{") };
    await fails(alerter.interactions.call("interact", broken, ofTenant), "invalid_argument", /no JSON/);
  });
});
