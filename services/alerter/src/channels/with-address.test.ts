import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "./integrations.ts";
import { json, startLoopback } from "./testing/loopback.ts";
import { sampleTelling, testRim } from "./testing/sample.ts";
import { withAddress } from "./with-address.ts";

test("an address takes the place of where the receiver leads", () => {
  const f = (kind: string, address: string, want: Record<string, unknown>) =>
    assert.deepEqual(withAddress(kind, { to: "ops@example.org", channel: "#ops" }, address), {
      to: "ops@example.org",
      channel: "#ops",
      ...want,
    });
  f("email", "ann@example.org", { to: "ann@example.org" });
  f("email", "", {});
  f("slack", "U012AB", { channel: "U012AB" });
  f("telegram", "-42", { chatId: -42 });
  f("webhook", "anything", {});
  assert.deepEqual(withAddress("sns", { topicArn: "arn", message: "m" }, "+491701"), {
    message: "m",
    phoneNumber: "+491701",
  });
});

test("what a user writes into an address is no template", async () => {
  await using receiver = await startLoopback(json(200, { ok: true, channel: "C1", ts: "1.2" }));
  const settings = { appToken: "xoxb", appUrl: `${receiver.url}/chat.postMessage`, channel: "#ops" };
  const rim = testRim();
  const telling = sampleTelling({
    templates: {
      expandText: (template) => (template === '{{ "{{ .Secret }}" }}' ? "{{ .Secret }}" : "filled in"),
      expandHtml: () => "",
    },
  });
  await createIntegration("slack", withAddress("slack", settings, "{{ .Secret }}"), rim).send(telling);
  assert.equal(JSON.parse(receiver.received[0]?.body ?? "{}").channel, "{{ .Secret }}");
});

test("an address that is none is refused by the channel", () => {
  const settings = { apiUrl: "http://telegram.example", botToken: "t", chatId: 1 };
  assert.throws(() => createIntegration("telegram", withAddress("telegram", settings, "ann"), testRim()), {
    code: "invalid_argument",
  });
});
