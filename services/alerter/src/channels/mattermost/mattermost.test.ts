import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { startLoopback, text } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

test("the attachment is what Alertmanager sends, or one's own", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const tell = async (change: object) => {
    const settings = { webhookUrl: receiver.url, ...change };
    await createIntegration("mattermost", settings, testRim()).send(sampleTelling({ templates: fixedTemplates("x") }));
    return JSON.parse(receiver.received.at(-1)?.body ?? "");
  };
  assert.deepEqual(await tell({ channel: "ops", fields: [{ title: "a", value: "{{ .v }}" }], props: { card: "c" } }), {
    channel: "ops",
    username: "x",
    attachments: [
      {
        fallback: "x",
        color: "x",
        title: "x",
        title_link: "x",
        text: "x",
        fields: [{ title: "a", value: "x" }],
      },
    ],
    props: { card: "c" },
  });
  const { text: above, attachments } = await tell({ attachments: [{ text: "own" }] });
  assert.deepEqual([above, attachments], ["x", [{ text: "own" }]]);
});

test("priorities go with what Mattermost takes with them", async () => {
  await using receiver = await startLoopback(text(200, "ok"));
  const f = async (priority: string, want: object | undefined) => {
    const all = { priority, requestedAck: true, persistentNotifications: true };
    const settings = { webhookUrl: receiver.url, priority: all };
    await createIntegration("mattermost", settings, testRim()).send(sampleTelling());
    assert.deepEqual(JSON.parse(receiver.received.at(-1)?.body ?? "").priority, want, priority);
  };
  await f("Urgent", { priority: "urgent", requested_ack: true, persistent_notifications: true });
  await f("important", { priority: "important", requested_ack: true });
  await f("what", { priority: "standard" });
  await f("", undefined);
});
