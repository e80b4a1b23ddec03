import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

test("a message is a form, without secrets in its URL", async () => {
  await using receiver = await startLoopback(json(200, { status: 1 }));
  const settings = { apiUrl: `${receiver.url}/1/messages.json`, userKey: "u", token: "t", html: true, ttlMs: 60_000 };
  const integration = createIntegration("pushover", settings, testRim());
  await integration.send(sampleTelling({ templates: fixedTemplates("<b>1</b>") }));
  assert.equal(receiver.received[0]?.path, "/1/messages.json");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(receiver.received[0]?.body)), {
    token: "t",
    user: "u",
    title: "<b>1</b>",
    url: "<b>1</b>",
    url_title: "",
    // The template chooses between two texts, which these templates do not.
    priority: "<b>1</b>2<b>1</b>0<b>1</b>",
    retry: "60",
    expire: "3600",
    device: "",
    sound: "",
    message: "<b>1</b>",
    ttl: "60",
    html: "1",
  });
});

test("an empty message is none that Pushover takes", async () => {
  await using receiver = await startLoopback(json(400, { status: 0, errors: ["user identifier is invalid"] }));
  const settings = { apiUrl: receiver.url, userKey: "us3r", token: "t0ken" };
  const outcome = await createIntegration("pushover", settings, testRim()).send(
    sampleTelling({ templates: fixedTemplates(" ") }),
  );
  assert.equal(new URLSearchParams(receiver.received[0]?.body).get("message"), "(no details)");
  assert.equal(outcome.outcome, "400 user identifier is invalid");
});
