// What people ask of alerting from the outside: what would match, whether a receiver can be reached, why somebody was told or not, and
// what a silence would have hidden.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { login } from "./rest-client.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

const configuration = (url: string) => `
route:
  receiver: everybody
  group_by: [team]
  group_wait: 100ms
  group_interval: 1s
  routes:
    - matchers: [team="b"]
      receiver: nobody
receivers:
  - name: everybody
    webhook_configs: [{ url: "${url}" }]
  - name: nobody
`;

const tree = z.object({
  version: z.number(),
  nodes: z.array(z.looseObject({ id: z.string(), parent: z.string(), receiver: z.string(), groupWaitMs: z.number() })),
  receivers: z.array(z.object({ name: z.string(), integrations: z.array(z.string()) })),
});
const matched = z.object({ alerts: z.array(z.looseObject({ sentence: z.string(), fingerprint: z.string() })) });
const tested = z.object({
  integrations: z.array(z.looseObject({ integration: z.string(), delivered: z.boolean(), outcome: z.string() })),
});
const explained = z.object({
  decisions: z.array(z.looseObject({ time: z.string(), step: z.string(), sentence: z.string() })),
});
const paging = z.object({
  paged: z.boolean(),
  reason: z.string(),
  answer: z.string(),
  complete: z.boolean(),
  sentences: z.array(z.looseObject({ kind: z.string(), text: z.string() })),
});
const preview = z.looseObject({
  alerts: z.number(),
  hiddenNotifications: z.number(),
  complete: z.boolean(),
  byAlertname: z.array(z.looseObject({ alertname: z.string(), notifications: z.number() })),
  examples: z.array(z.looseObject({ first: z.string().nullable() })),
});

describe("why somebody is told or not", { timeout: 300_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
  let session: Record<string, string>;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["gateway", "alerter"] }));
    receiver = opened.use(await startWebhookReceiver());
    const { stack } = system;
    session = await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword);
    await ask("PUT", "/v1/alert-routing", { source: configuration(receiver.url) });
  });

  async function ask(method: string, path: string, body?: unknown) {
    const answer = await fetch(system.stack.doors.page + path, {
      method,
      headers: { ...session, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : z.unknown().parse(JSON.parse(text)) };
  }

  async function answered<T>(schema: z.ZodType<T>, ...question: Parameters<typeof ask>): Promise<T> {
    const { status, body } = await ask(...question);
    assert.equal(status, 200, JSON.stringify(body));
    return schema.parse(body);
  }

  test("the tree of routes, and what would match, by the configuration in force and by a draft", async () => {
    const { version, nodes, receivers } = await answered(tree, "GET", "/v1/alert-routing/tree");
    assert.equal(version, 1);
    assert.deepEqual(
      nodes.map(({ id, parent, receiver: to, groupWaitMs }) => [id, parent, to, groupWaitMs]),
      [
        ["{}", "", "everybody", 100],
        ['{}/{team="b"}/0', "{}", "nobody", 100],
      ],
    );
    assert.deepEqual(receivers[0], { name: "everybody", integrations: ["webhook[0]"] });
    const labels = [
      { alertname: "Down", team: "a" },
      { alertname: "Down", team: "b" },
    ];
    const { alerts } = await answered(matched, "POST", "/v1/alert-routing/match", { labels });
    assert.deepEqual(
      alerts.map(({ sentence }) => sentence),
      [
        'everybody (webhook[0]) would be told in 1 s, in a new group {}:{team="a"}.',
        "nobody would have it, which tells nobody: it has no integrations.",
      ],
    );
    const source = configuration(receiver.url).replace('team="b"', 'team="c"');
    const drafted = await answered(matched, "POST", "/v1/alert-routing/match", { labels, draft: { source } });
    assert.match(drafted.alerts[1]?.sentence ?? "", /^everybody/);
    const wrong = await ask("POST", "/v1/alert-routing/match", { labels, draft: { source: "route: {}" } });
    assert.equal(wrong.status, 400);
  });

  test("a receiver is told that this is a test, and says so", async () => {
    const { integrations } = await answered(tested, "POST", "/v1/alert-routing/receivers/everybody/test", {});
    assert.deepEqual(
      integrations.map(({ integration, delivered }) => [integration, delivered]),
      [["webhook[0]", true]],
    );
    assert.equal((await ask("POST", "/v1/alert-routing/receivers/unknown/test", {})).status, 404);
  });

  test("what was decided is told in sentences, and why somebody was not paged", async () => {
    const alert = { labels: { alertname: "Full", team: "a", host: "x" } };
    const labels = [alert.labels];
    const { alerts } = await answered(matched, "POST", "/v1/alert-routing/match", { labels });
    const fingerprint = alerts[0]?.fingerprint ?? "";
    await ask("POST", "/alertmanager/api/v2/alerts", [alert]);
    const { decisions } = await eventually(
      async () => {
        const found = await answered(explained, "GET", `/v1/alerts/${fingerprint}/explain?start=-1h`);
        assert.ok(found.decisions.some(({ step }) => step === "delivered"));
        return found;
      },
      { timeoutMs: 60_000 },
    );
    assert.deepEqual(
      decisions.slice(0, 6).map(({ step }) => step),
      ["received", "grouped", "waiting", "due", "attempted", "delivered"],
    );
    assert.match(decisions[0]?.time ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    assert.equal(decisions[0]?.sentence, "The alert came in: it is new.");
    const { paged, reason, answer, sentences } = await answered(paging, "POST", "/v1/explain", {
      user: "ann",
      time: "-1s",
    });
    assert.deepEqual([paged, reason], [false, "routed_elsewhere"]);
    assert.match(
      answer,
      /^You were not paged about Full \{host="x", team="a"\}: it was routed to everybody, of which /,
    );
    assert.ok(sentences.some(({ kind }) => kind === "delivered"));
    const besidePrometheus = await answered(explained, "GET", `/api/v1/alerts/${fingerprint}/explain?start=-1h`);
    assert.deepEqual(besidePrometheus.decisions.slice(0, 6), decisions.slice(0, 6));
    const asked = await answered(paging, "POST", "/api/v1/explain", { user: "ann", time: "-1s" });
    assert.equal(asked.reason, reason);
    for (const wrong of [{ user: "ann" }, { user: "ann", time: "-1s", start: "-1h" }, { user: "", time: "-1s" }]) {
      assert.equal((await ask("POST", "/v1/explain", wrong)).status, 400);
    }
  });

  test("what a silence would have hidden", async () => {
    const matchers = [{ name: "alertname", value: "Full" }];
    const found = await answered(preview, "POST", "/v1/silences/preview", { matchers });
    assert.deepEqual([found.alerts, found.hiddenNotifications, found.complete], [1, 1, true]);
    assert.deepEqual(
      found.byAlertname.map(({ alertname, notifications }) => [alertname, notifications]),
      [["Full", 1]],
    );
    assert.notEqual(found.examples[0]?.first, null);
    assert.equal((await ask("POST", "/v1/silences/preview", { matchers: [] })).status, 400);
  });
});
