import assert from "node:assert/strict";
import { test } from "node:test";
import type { Templates } from "../integration.ts";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback, text } from "../testing/loopback.ts";
import { resolvedNotification, sampleAlert, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";

const yes = json(202, { result: "Request will be processed" });
const alias = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";

/** Knows `{{ .CommonLabels.X }}` and nothing else. */
const labelTemplates: Templates = {
  expandText: (template, { alerts: [alert] }) =>
    template.replace(/\{\{ \.CommonLabels\.(\w+) \}\}/g, (_, name: string) => alert?.labels[name] ?? ""),
  expandHtml: (template) => template,
};

const labels = {
  Message: "message",
  Description: "description",
  Source: "http://prometheus",
  ResponderName1: "TeamA",
  ResponderType1: "team",
  ResponderName2: "EscalationA",
  ResponderType2: "escalation",
  ResponderName3: "TeamA,TeamB",
  ResponderType3: "teams",
  Tags: "tag1,tag2",
  Note: "this is a note",
  Priority: "P1",
  Entity: "test-domain",
  Actions: "doThis,doThat",
};

const of = (name: string) => `{{ .CommonLabels.${name} }}`;
const settings = {
  message: of("Message"),
  description: of("Description"),
  source: of("Source"),
  details: { Description: `adjusted ${of("Description")}` },
  tags: of("Tags"),
  note: of("Note"),
  priority: of("Priority"),
  entity: of("Entity"),
  actions: of("Actions"),
};

/** Alertmanager's TestOpsGenie (notify/opsgenie/opsgenie_test.go, Apache-2.0). */
test("an alert is what Alertmanager makes of it", async () => {
  await using receiver = await startLoopback(yes);
  const f = async (responders: object[], alertLabels: Record<string, string>, want: object) => {
    const all = { apiUrl: receiver.url, apiKey: "key", responders, ...settings };
    const alerts = [sampleAlert({ labels: alertLabels })];
    const notification = sampleNotification({ alerts, groupKey: "1" });
    await createIntegration("opsgenie", all, testRim()).send(
      sampleTelling({ notification, templates: labelTemplates }),
    );
    const got = receiver.received.at(-1);
    assert.deepEqual([got?.method, got?.path, got?.headers.authorization], ["POST", "/v2/alerts", "GenieKey key"]);
    assert.deepEqual(JSON.parse(got?.body ?? ""), want);
  };
  const one = { name: of("ResponderName1"), type: of("ResponderType1") };
  const two = { name: of("ResponderName2"), type: of("ResponderType2") };
  const teams = { name: of("ResponderName3"), type: of("ResponderType3") };
  await f([one, two], {}, { alias, message: "", description: "", details: { Description: "adjusted " }, source: "" });
  const full = {
    alias,
    message: "message",
    description: "description",
    details: { ...labels, Description: "adjusted description" },
    source: "http://prometheus",
    tags: ["tag1", "tag2"],
    note: "this is a note",
    priority: "P1",
    entity: "test-domain",
    actions: ["doThis", "doThat"],
  };
  const named = [
    { name: "TeamA", type: "team" },
    { name: "EscalationA", type: "escalation" },
  ];
  await f([one, two], labels, { ...full, responders: named });
  const both = [
    { name: "TeamA", type: "team" },
    { name: "TeamB", type: "team" },
  ];
  await f([teams], labels, { ...full, responders: both });
});

test("an alert is closed, acknowledged and brought up to date by its alias", async () => {
  await using receiver = await startLoopback(yes);
  const f = async (change: object, telling: object, want: string[]) => {
    const all = { apiUrl: receiver.url, apiKey: "key", ...change };
    const before = receiver.received.length;
    const { delivered } = await createIntegration("opsgenie", all, testRim()).send(sampleTelling(telling));
    assert.equal(delivered, true);
    const got = receiver.received
      .slice(before)
      .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}/, "ALIAS")}`);
    assert.deepEqual(got, want);
  };
  await f({}, { notification: resolvedNotification }, ["POST /v2/alerts/ALIAS/close?identifierType=alias"]);
  await f({}, { acknowledgement: { by: "ann", note: "on it" } }, [
    "POST /v2/alerts/ALIAS/acknowledge?identifierType=alias",
  ]);
  assert.deepEqual(JSON.parse(receiver.received.at(-1)?.body ?? ""), {
    user: "ann",
    note: "on it",
    source: "CPU is high",
  });
  await f({ updateAlerts: true }, {}, [
    "POST /v2/alerts",
    "PUT /v2/alerts/ALIAS/message?identifierType=alias",
    "PUT /v2/alerts/ALIAS/description?identifierType=alias",
  ]);
});

test("the first request that fails is the outcome", async () => {
  await using receiver = await startLoopback(yes);
  receiver.answer(yes, text(503, "", { "retry-after": "3" }));
  const all = { apiUrl: receiver.url, apiKey: "key", updateAlerts: true };
  const outcome = await createIntegration("opsgenie", all, testRim()).send(sampleTelling());
  assert.deepEqual([outcome.delivered, outcome.retryAfterMs, receiver.received.length], [false, 3000, 2]);
});

test("an answer that does not end leaves the next request its time", async () => {
  await using receiver = await startLoopback((response) => void response.writeHead(202).write("{"));
  const all = { apiUrl: receiver.url, apiKey: "key", updateAlerts: true, timeoutMs: 1500 };
  const outcome = await createIntegration("opsgenie", all, testRim({ clock: Date.now })).send(sampleTelling());
  assert.deepEqual([outcome.delivered, receiver.received.length], [true, 3]);
});

test("a slow request has the time that those behind it do not need", async () => {
  await using receiver = await startLoopback(yes);
  receiver.answer((response, received) => void setTimeout(() => yes(response, received), 2000));
  const all = { apiUrl: receiver.url, apiKey: "key", updateAlerts: true, timeoutMs: 5000 };
  const outcome = await createIntegration("opsgenie", all, testRim({ clock: Date.now })).send(sampleTelling());
  assert.deepEqual([outcome.delivered, receiver.received.length], [true, 3]);
});

test("responders that could not be found are refused", () => {
  const f = (responder: object, want: RegExp) =>
    assert.throws(() => createIntegration("opsgenie", { apiKey: "k", responders: [responder] }, testRim()), want);
  f({ type: "team" }, /at least one of id, username and name/);
  f({ name: "x", type: "people" }, /responders\.0\.type/);
});
