// What people ask before and after somebody is told, with a real Postgres: what would match, what a silence would have hidden, whether
// a receiver can be reached, and why somebody was not paged.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, describe, test } from "node:test";
import { uuid7 } from "@sightline/model/uuid7";
import {
  ExplainPagingRequest,
  GetRouteTreeRequest,
  ListAlertGroupsRequest,
  ListRoutedAlertsRequest,
  PostAlertsRequest,
  PreviewRoutingRequest,
  PreviewSilenceRequest,
  Silence,
  TestReceiverRequest,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { Contacts, EscalationPolicy, RotationUnit, Schedule } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { config } from "../config.ts";
import { createPolicyCalls } from "../oncall/policy-calls.ts";
import { createScheduleCalls } from "../oncall/schedule-calls.ts";
import { fails } from "../testing/calls.ts";
import { startReceiver, status } from "../testing/receiver.ts";
import { type Alerter, createWorld, ofTenant } from "../testing/world.ts";

const HOUR_MS = 3_600_000;

const configuration = (url: string, broken = url) => `
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
    webhook_configs: [{ url: "${broken}" }, { url: "${url}" }]
inhibit_rules:
  - name: down hides slow
    source_matchers: [alertname="Down"]
    target_matchers: [alertname="Slow"]
    equal: [team]
`;

describe("why somebody is told or not", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  async function configure({ alertmanager }: Alerter, source: string): Promise<void> {
    await alertmanager.call(
      "putConfiguration",
      { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false },
      ofTenant,
    );
  }

  async function post({ alertmanager }: Alerter, ...alerts: Record<string, string>[]): Promise<void> {
    const request = PostAlertsRequest.fromPartial({ alerts: alerts.map((labels) => ({ labels })) });
    await alertmanager.call("postAlerts", request, ofTenant);
  }

  const matcher = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });

  async function silenceTeam({ alertmanager }: Alerter, team: string): Promise<string> {
    const nowMs = Date.now();
    const silence = Silence.fromPartial({
      matchers: [matcher("team", team)],
      startsAtUnixMs: BigInt(nowMs),
      endsAtUnixMs: BigInt(nowMs + HOUR_MS),
      createdBy: "bob",
      comment: "we know",
    });
    return (await alertmanager.call("putSilence", { silence }, ofTenant)).silenceId;
  }

  async function whyPaged({ alertmanager }: Alerter, user: string) {
    const nowMs = Date.now();
    const request = { user, startUnixMs: BigInt(nowMs - 60_000), endUnixMs: BigInt(nowMs + 60_000) };
    return alertmanager.call("explainPaging", ExplainPagingRequest.fromPartial(request), ofTenant);
  }

  test("what would match is told without anything being sent", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, configuration(receiver.url));
    await post(alerter, { alertname: "Down", team: "a" });
    await eventually(() => receiver.received.length === 1);
    const silenceId = await silenceTeam(alerter, "c");
    const ask = async (...sets: Record<string, string>[]) => {
      const request = PreviewRoutingRequest.fromPartial({ alerts: sets.map((labels) => ({ labels })) });
      return (await alerter.alertmanager.call("previewRouting", request, ofTenant)).alerts;
    };
    const [slow, ours, silenced] = await ask(
      { alertname: "Slow", team: "a" },
      { alertname: "Slow", team: "b" },
      { alertname: "Slow", team: "c" },
    );
    assert.equal(slow?.sentence, "Nobody would be told: the alert Down fires and inhibits it.");
    assert.deepEqual(
      slow.routes.map(({ path, groupKey, groupExists }) => [path.map(({ receiver: to }) => to), groupKey, groupExists]),
      [[["everybody"], '{}:{team="a"}', true]],
    );
    assert.equal(
      ours?.sentence,
      'team-b (webhook[0], webhook[1]) would be told in 1 s, in a new group {}/{team="b"}:{team="b"}.',
    );
    assert.deepEqual(
      ours.verdicts.map(({ verdict }) => verdict),
      ["passes_down", "takes"],
    );
    assert.deepEqual(ours.routes[0]?.path.at(-1)?.matchers, ['team="b"']);
    assert.match(silenced?.sentence ?? "", new RegExp(`^Nobody would be told: the silence ${silenceId} of bob`));
    const draft = { source: "route: { receiver: nobody }\nreceivers: [{ name: nobody }]", templates: {} };
    const request = PreviewRoutingRequest.fromPartial({
      alerts: [{ labels: { alertname: "Slow", team: "b" } }],
      draft,
    });
    const drafted = await alerter.alertmanager.call("previewRouting", request, ofTenant);
    assert.equal(drafted.alerts[0]?.sentence, "nobody would have it, which tells nobody: it has no integrations.");
    await fails(ask({ team: "" }), "invalid_argument", /alert 0: got no labels/);
    assert.equal(receiver.received.length, 1);
    const tree = await alerter.alertmanager.call("getRouteTree", GetRouteTreeRequest.fromPartial({}), ofTenant);
    assert.deepEqual(
      tree.nodes.map(({ id, parent, receiver: to, groups, alerts }) => [id, parent, to, groups, alerts]),
      [
        ["{}", "", "everybody", 1, 1],
        ['{}/{team="b"}/0', "{}", "team-b", 0, 0],
      ],
    );
    assert.deepEqual(tree.receivers[1], { name: "team-b", integrations: ["webhook[0]", "webhook[1]"] });
  });

  test("a silence's preview counts what it would have hidden, of what is over too", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, configuration(receiver.url));
    await post(alerter, { alertname: "Full", team: "a" }, { alertname: "Odd", team: "a", host: "x" });
    await eventually(() => receiver.received.length === 1);
    const ended = { labels: { alertname: "Full", team: "a" }, endsAtUnixMs: BigInt(Date.now()) };
    await alerter.alertmanager.call("postAlerts", PostAlertsRequest.fromPartial({ alerts: [ended] }), ofTenant);
    await eventually(() => receiver.received.length === 2);
    const preview = (...matchers: ReturnType<typeof matcher>[]) =>
      alerter.alertmanager.call("previewSilence", PreviewSilenceRequest.fromPartial({ matchers }), ofTenant);
    const whole = await eventually(async () => {
      const found = await preview(matcher("team", "a"));
      assert.equal(found.hiddenNotifications, 2);
      return found;
    });
    assert.deepEqual([whole.alerts, whole.episodes, whole.shorterNotifications, whole.complete], [2, 2, 0, true]);
    assert.deepEqual(whole.byReceiver, [{ receiver: "everybody", hidden: 2, shorter: 0 }]);
    assert.deepEqual(whole.byAlertname.map(({ alertname, notifications }) => [alertname, notifications]).sort(), [
      ["Full", 2],
      ["Odd", 2],
    ]);
    const part = await preview(matcher("host", "x"));
    assert.deepEqual([part.alerts, part.hiddenNotifications, part.shorterNotifications], [1, 0, 2]);
    assert.deepEqual(part.examples[0]?.labels, { alertname: "Odd", team: "a", host: "x" });
    assert.equal((await preview(matcher("team", "z"))).alerts, 0);
    await fails(preview({ ...matcher("team", ".*"), isRegex: true }), "invalid_argument", /empty text/);
  });

  test("each integration of a receiver is tested, and says what came of it", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using broken = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, configuration(receiver.url, broken.url));
    broken.answer(status(500));
    const run = async (change: Partial<TestReceiverRequest>) => {
      const request = TestReceiverRequest.fromPartial({ receiver: "team-b", userId: "ann", ...change });
      return (await alerter.alertmanager.call("testReceiver", request, ofTenant)).integrations;
    };
    const [first, second] = await run({ labels: { team: "b" } });
    assert.deepEqual([first?.integration, first?.delivered, second?.delivered], ["webhook[0]", false, true]);
    assert.match(first?.sentence ?? "", /^webhook\[0\] did not take it after \d+ ms: 500/);
    const [told] = receiver.received;
    assert.deepEqual(told?.body.commonLabels, {
      alertname: "SightlineTest",
      severity: "info",
      sightline_test: "true",
      team: "b",
    });
    assert.match(told?.body.commonAnnotations["description"] ?? "", /^ann tests whether/);
    const [over] = await run({ resolved: true });
    assert.equal(over?.delivered, true);
    assert.deepEqual(
      [receiver.received[1]?.body.status, receiver.received[1]?.body.groupKey],
      ["resolved", told?.body.groupKey],
    );
    await fails(run({ receiver: "nobody" }), "not_found");
    const draft = {
      source: "route: { receiver: x }\nreceivers: [{ name: x, webhook_configs: [{ url: 'http://169.254.169.254/' }] }]",
    };
    const [guarded] = await run({ receiver: "x", draft: { ...draft, templates: {} } });
    assert.equal(guarded?.delivered, false);
    const kept = "SELECT receiver FROM alert_decisions WHERE tenant = $1 AND step = 'tested'";
    const count = await here.sql.query(kept, [here.tenant], z.object({ receiver: z.string() }));
    assert.equal(count.length, 5);
  });

  test("why somebody was not paged, and what would have led to them", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, configuration(receiver.url));
    const quiet = await whyPaged(alerter, "cid");
    assert.deepEqual([quiet.paged, quiet.reason, quiet.complete], [false, "no_alert", true]);
    assert.match(quiet.sentences[0]?.text ?? "", /^You were not paged: no alert was firing between /);
    await silenceTeam(alerter, "c");
    await post(alerter, { alertname: "Full", team: "a" }, { alertname: "Full", team: "c" });
    const answer = await eventually(async () => {
      const found = await whyPaged(alerter, "cid");
      assert.ok(found.sentences.some(({ kind }) => kind === "delivered"));
      assert.ok(found.sentences.some(({ kind }) => kind === "silenced"));
      return found;
    });
    assert.equal(answer.reason, "routed_elsewhere");
    assert.match(answer.sentences[0]?.text ?? "", /it was routed to everybody, .*none of them leads to you/);
    assert.equal(answer.sentences[1]?.text, "In force was version 1 of alertmanager.yml, put by ann.");
    await fails(whyPaged(alerter, " "), "invalid_argument", /user/);
  });

  test("a page is explained to whoever got it, to who would have been next, and to who was not on call", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    const documents = { sql: here.sql, clock: Date.now, newId: () => uuid7(Date.now()) };
    const schedules = createScheduleCalls({ ...documents, maxSchedules: 10 });
    const policies = createPolicyCalls({ ...documents, maxPolicies: 10, maxContacts: 10, receiversOf: async () => [] });
    const by = { revision: 0, userId: "eve" };
    const rotation = { every: 1, unit: RotationUnit.DAY, handoverTime: "09:00" };
    const layer = { name: "all", participants: ["ann"], rotation, startUnixNano: 1n };
    await schedules.put(here.tenant, {
      schedule: Schedule.fromPartial({ name: "primary", timeZone: "UTC", layers: [layer] }),
      ...by,
    });
    const steps = [
      { targets: [{ kind: { $case: "schedule", value: "primary" } as const }] },
      { delaySeconds: 900, targets: [{ kind: { $case: "user", value: "bob" } as const }] },
    ];
    await policies.putPolicy(here.tenant, { policy: EscalationPolicy.fromPartial({ name: "night", steps }), ...by });
    const contacts = Contacts.fromPartial({ user: "ann", timeZone: "UTC", methods: [{ receiver: "ann-pager" }] });
    await policies.putContacts(here.tenant, { contacts, ...by });
    await configure(
      alerter,
      `
route: { receiver: pages, group_wait: 50ms, group_interval: 200ms }
receivers:
  - name: pages
    sightline: { escalation: night }
  - name: ann-pager
    webhook_configs: [{ url: "${receiver.url}" }]
`,
    );
    await post(alerter, { alertname: "Full", team: "a" });
    await eventually(() => receiver.received.length === 1);
    const paged = await eventually(async () => {
      const found = await whyPaged(alerter, "ann");
      assert.equal(found.reason, "paged");
      return found;
    });
    assert.match(
      paged.sentences[0]?.text ?? "",
      /^You were paged about Full \{team="a"\} at .* UTC: step 1 told ann, who is on call in primary; ann by webhook\[0\] of ann-pager was told: 200/,
    );
    assert.ok(paged.sentences.some(({ text }) => text === "On call in primary was ann."));
    const request = TestReceiverRequest.fromPartial({ receiver: "pages" });
    const { integrations } = await alerter.alertmanager.call("testReceiver", request, ofTenant);
    assert.deepEqual(
      integrations.map(({ sentence }) => sentence),
      ["escalation[0] was left out: a test does not call whoever is on call."],
    );
    const next = await whyPaged(alerter, "bob");
    assert.deepEqual([next.paged, next.reason], [false, "not_reached"]);
    const other = await whyPaged(alerter, "cid");
    assert.equal(other.reason, "routed_elsewhere");
    assert.match(other.sentences[0]?.text ?? "", /none of them leads to you \(ann was told\)/);
  });

  test("a receiver that cannot be reached is an alert, until it can be", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using broken = await startReceiver();
    const dispatch = config.shape.dispatch.parse({ failuresUntilAlert: 2, failingForMs: 1 });
    await using alerter = await here.startAlerter({ dispatch });
    const unreachable = () =>
      receiver.received.filter(({ body }) =>
        body.alerts.some(({ labels }) => labels["alertname"] === "SightlineReceiverUnreachable"),
      );
    // As long as nobody was told of it, however slow that is here: what is over before that is not told.
    const untilTold = (response: ServerResponse) => status(unreachable().length === 0 ? 500 : 200)(response);
    broken.answer(...Array.from({ length: 20 }, () => untilTold));
    await configure(alerter, configuration(receiver.url, broken.url));
    await post(alerter, { alertname: "Full", team: "b" });
    await eventually(() => unreachable().length === 2);
    const [raised, over] = unreachable();
    assert.deepEqual(raised?.body.commonLabels, {
      alertname: "SightlineReceiverUnreachable",
      severity: "critical",
      source: "sightline",
      receiver: "team-b",
      integration: "webhook[0]",
    });
    assert.deepEqual([raised.body.status, over?.body.status], ["firing", "resolved"]);
  });

  test("a group of many alerts comes in pieces that are one group", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await configure(alerter, configuration(receiver.url));
    const many = Array.from({ length: 1200 }, (_, index) => ({ alertname: "Full", team: "a", host: `${index}` }));
    await post(alerter, ...many);
    const pieces = await eventually(async () => {
      const found: [number, boolean][] = [];
      const request = ListAlertGroupsRequest.fromPartial({});
      for await (const { groups } of alerter.alertmanager.stream("listAlertGroups", request, ofTenant)) {
        found.push(...groups.map(({ alerts, continued }): [number, boolean] => [alerts.length, continued]));
      }
      assert.equal(found.length, 3);
      return found;
    });
    assert.deepEqual(pieces, [
      [500, false],
      [500, true],
      [200, true],
    ]);
    const listed: string[] = [];
    const all = ListRoutedAlertsRequest.fromPartial({});
    for await (const { alerts } of alerter.alertmanager.stream("listRoutedAlerts", all, ofTenant)) {
      listed.push(...alerts.map(({ fingerprint }) => fingerprint));
    }
    assert.equal(new Set(listed).size, 1200);
  });
});
