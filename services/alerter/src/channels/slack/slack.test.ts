import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, type Loopback, startLoopback, text } from "../testing/loopback.ts";
import {
  fixedTemplates,
  resolvedNotification,
  sampleAlert,
  sampleNotification,
  sampleTelling,
  testRim,
} from "../testing/sample.ts";

const posted = json(200, { ok: true, channel: "C1", ts: "1700000000.000100" });
const first = { channel: "C1", ts: "1700000000.000100" };

function bot({ url }: Pick<Loopback, "url">, change: object = {}) {
  const settings = { appUrl: `${url}/api/chat.postMessage`, appToken: "xoxb-1", channel: "#ops", ...change };
  return createIntegration("slack", settings, testRim());
}

const bodies = ({ received }: Loopback) => received.map(({ path, body }) => [path.slice(5), JSON.parse(body)] as const);

/** Alertmanager's TestNotifier_Notify_WithReason (notify/slack/slack_test.go, Apache-2.0), and what Slack documents beside it. */
test("what Slack answers", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const integration = createIntegration("slack", { apiUrl: `${receiver.url}/services/x` }, testRim());
  const f = async (
    code: number,
    body: string,
    want: readonly [delivered: boolean, retryable: boolean, says: RegExp],
  ) => {
    const type = body.startsWith("{") ? "application/json; charset=utf-8" : "text/html";
    receiver.answer((response) => response.writeHead(code, { "content-type": type }).end(body));
    const { delivered, retryable, outcome } = await integration.send(sampleTelling());
    assert.deepEqual([delivered, retryable], want.slice(0, 2), body);
    assert.match(outcome, want[2]);
  };
  await f(401, "", [false, false, /^401$/]);
  await f(500, "rollup_error", [false, true, /^500 rollup_error$/]);
  await f(307, "", [false, false, /redirects/]);
  await f(200, '{"not valid json"}', [false, true, /none/]);
  await f(200, '{"ok":false,"error":"error_message"}', [false, false, /^error_message$/]);
  await f(200, '{"ok":false,"error":"ratelimited"}', [false, true, /^ratelimited$/]);
  await f(200, "no_channel", [false, false, /^no_channel$/]);
  await f(200, '{"ok":true}', [true, false, /ok/]);
  await f(200, "ok", [true, false, /ok/]);
  await f(410, "channel_is_archived", [false, false, /channel_is_archived/]);
});

test("the attachment is what Alertmanager sends", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const integration = createIntegration(
    "slack",
    {
      apiUrl: receiver.url,
      channel: "#{{ .x }}",
      title: "{{ .t }}",
      fields: [
        { title: "a", value: "{{ .v }}", short: true },
        { title: "b", value: "c" },
      ],
      actions: [
        { type: "button", text: "Run", url: "http://run", style: "danger" },
        { type: "button", text: "Do", name: "n", value: "v", confirm: { text: "Sure?" } },
      ],
      linkNames: true,
      mentionUsers: ["U123", "@here", "S99"],
    },
    testRim(),
  );
  await integration.send(sampleTelling({ templates: fixedTemplates("filled") }));
  const { attachments, ...message } = JSON.parse(receiver.received[0]?.body ?? "");
  assert.deepEqual(message, {
    channel: "#filled",
    username: "filled",
    icon_emoji: "filled",
    icon_url: "filled",
    link_names: true,
    text: "<@U123> <!here> <!subteam^S99>",
  });
  assert.deepEqual(attachments[0].fields, [
    { title: "a", value: "filled", short: true },
    { title: "b", value: "c", short: false },
  ]);
  assert.deepEqual(attachments[0].actions[0], { type: "button", text: "Run", style: "danger", url: "http://run" });
  assert.equal(attachments[0].actions[1].confirm.text, "Sure?");
  assert.deepEqual(attachments[0].mrkdwn_in, ["fallback", "pretext", "text"]);
  await integration.send(sampleTelling({ notification: resolvedNotification }));
  assert.equal(JSON.parse(receiver.received[1]?.body ?? "").text, undefined, "nobody is named when it is over");
});

interface Button {
  readonly text: { readonly text: string };
  readonly url: string;
}

test("blocks have buttons to acknowledge, silence and read up, and show no markup of others", async () => {
  await using receiver = await startLoopback(posted);
  const integration = bot(receiver, { layout: "blocks", text: "" });
  const buttons = (): string[] =>
    JSON.parse(receiver.received.at(-1)?.body ?? "")
      .attachments[0].blocks.at(-1)
      .elements.map(({ text, url }: Button) => `${text.text} ${url.replace(/[0-9a-f]{64}/, "GROUP")}`);
  const hostile = sampleAlert({ labels: { alertname: "<!channel> & co" } });
  await integration.send(sampleTelling({ notification: sampleNotification({ alerts: [hostile] }) }));
  const { color, blocks } = JSON.parse(receiver.received[0]?.body ?? "").attachments[0];
  assert.equal(color, "CPU is high");
  assert.match(blocks[1].text.text, /alertname = &lt;!channel&gt; &amp; co/);
  assert.deepEqual(buttons(), [
    "Acknowledge http://sightline/alerts?group=GROUP&acknowledge=1",
    "Silence http://sightline/silences/new?filter=%7Balertname%3D%22High%20CPU%20usage%22%7D",
    "Runbook http://run/book",
    "Open http://sightline/alerts?group=GROUP",
  ]);
  await integration.send(sampleTelling({ acknowledgement: { by: "ann", note: "on it" } }));
  assert.match(JSON.stringify(JSON.parse(receiver.received[1]?.body ?? "")), /Acknowledged by ann: on it/);
  assert.equal(buttons()[0]?.split(" ")[0], "Silence");
  await integration.send(sampleTelling({ notification: resolvedNotification }));
  assert.deepEqual(
    buttons().map((button) => button.split(" ")[0]),
    ["Runbook", "Open"],
  );
});

test("a group has one message where it is kept up to date", async () => {
  await using receiver = await startLoopback(posted);
  const integration = bot(receiver, { updateMessage: true });
  const told = await integration.send(sampleTelling());
  assert.deepEqual(told.receiverData, first);
  assert.equal(receiver.received[0]?.headers.authorization, "Bearer xoxb-1");
  const later = { notification: resolvedNotification, receiverData: first };
  const again = await integration.send(sampleTelling(later));
  assert.deepEqual(again.receiverData, first);
  assert.deepEqual(
    bodies(receiver).map(([path, { channel, ts }]) => [path, channel, ts]),
    [
      ["chat.postMessage", "#ops", undefined],
      ["chat.update", "C1", "1700000000.000100"],
    ],
  );
  receiver.answer(json(200, { ok: false, error: "message_not_found" }));
  assert.equal((await integration.send(sampleTelling(later))).delivered, true);
  assert.equal(bodies(receiver).at(-1)?.[0], "chat.postMessage", "one that is gone is posted anew");
  await integration.send(sampleTelling({ receiverData: first }));
  assert.equal(bodies(receiver).at(-1)?.[1].ts, undefined, "a group's first notification begins a new message");
});

test("what follows the first message is in its thread", async () => {
  await using receiver = await startLoopback(json(200, { ok: true, channel: "C1", ts: "1800000000.000200" }));
  const later = { notification: resolvedNotification, receiverData: first };
  const threaded = await bot(receiver, { thread: true }).send(sampleTelling(later));
  assert.deepEqual(threaded.receiverData, first, "the thread stays the first message's");
  const [, reply] = bodies(receiver)[0] ?? [];
  assert.deepEqual([reply.channel, reply.thread_ts, reply.attachments.length], ["C1", first.ts, 1]);

  receiver.answer(posted);
  const both = bot(receiver, { thread: true, updateMessage: true });
  const outcome = await both.send(sampleTelling(later));
  assert.deepEqual(outcome.receiverData, first);
  const told = bodies(receiver).slice(1);
  assert.deepEqual(
    told.map(([path, { ts, thread_ts }]) => [path, ts, thread_ts]),
    [
      ["chat.update", first.ts, undefined],
      ["chat.postMessage", undefined, first.ts],
    ],
  );
  assert.equal(told[1]?.[1].attachments, undefined, "the answer is short");

  const repeated = sampleNotification({ reason: "repeat interval elapsed" });
  await both.send(sampleTelling({ notification: repeated, receiverData: first }));
  assert.equal(bodies(receiver).length, 4, "that nothing has changed is not said in the thread");
});

test("settings that could not work are refused", () => {
  const f = (settings: object, want: RegExp) =>
    assert.throws(() => createIntegration("slack", settings, testRim()), want);
  f({}, /expected either apiUrl or appToken/);
  f({ apiUrl: "https://hooks.example/x", appToken: "x" }, /expected either/);
  f({ apiUrl: "https://hooks.example/x", updateMessage: true }, /need the Web API/);
  f({ appToken: "x" }, /channel: expected a channel/);
  f({ apiUrl: "ftp://hooks.example" }, /apiUrl: expected a URL/);
  f({ apiUrl: "https://hooks.example/x", interactive: true }, /interactive: expected layout blocks/);
  f({ apiUrl: "https://hooks.example/x", mentionUsers: ["ann"] }, /mentionUsers\.0/);
  f({ apiUrl: "https://hooks.example/x", actions: [{ type: "button", text: "x" }] }, /missing name or url/);
});
