// What people and jobs do to alerts, from the outside: maintenance windows over a killed alerter, silences, and what is done to single alerts.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { login } from "./rest-client.ts";
import { sightlinectl, startSightlinectl } from "./sightlinectl.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

const configuration = (url: string) => `
route: { receiver: everybody, group_by: [team], group_wait: 100ms, group_interval: 1s, repeat_interval: 2h }
receivers:
  - name: everybody
    webhook_configs: [{ url: "${url}" }]
`;

const shownAlerts = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    fingerprint: z.string(),
    status: z.object({ state: z.string(), mutedBy: z.array(z.string()), silencedBy: z.array(z.string()) }),
  }),
);
const explained = z.object({
  decisions: z.array(z.looseObject({ step: z.string(), reason: z.string(), detail: z.string() })),
});
const windowAnswer = z.object({ window: z.looseObject({ windowId: z.string(), open: z.boolean() }) });
const silenceAnswer = z.object({
  silence: z.looseObject({ silenceId: z.string(), state: z.string(), author: z.string(), reason: z.string() }),
});
const careAnswer = z.object({
  alert: z.null(),
  fingerprint: z.string(),
  care: z.looseObject({ acknowledgedBy: z.string(), assignee: z.string(), snoozedUntil: z.string().nullable() }),
});

describe("what people do to alerts", { timeout: 300_000 }, () => {
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

  const post = (...alerts: { labels: Record<string, string>; endsAt?: string }[]) =>
    ask("POST", "/alertmanager/api/v2/alerts", alerts);
  const shown = async (name: string) => {
    const { body } = await ask("GET", `/alertmanager/api/v2/alerts?filter=alertname=${name}`);
    return shownAlerts.parse(body);
  };
  const mutedBy = (name: string, windows: readonly string[]) =>
    eventually(async () => {
      const [alert] = await shown(name);
      assert.deepEqual(alert?.status.mutedBy, windows);
      assert.equal(alert?.status.state, windows.length === 0 ? "active" : "suppressed");
    });
  /** What people did about an alert, as its story tells it. */
  async function actionsOf(fingerprint: string): Promise<string[]> {
    const { body } = await ask("GET", `/v1/alerts/${fingerprint}/explain`);
    const { decisions } = explained.parse(body);
    return decisions.flatMap(({ step, reason, detail }) => (step === "action" ? [`${reason} (${detail})`] : []));
  }
  const toldOf = (name: string) =>
    receiver.received.flatMap(({ alerts }) =>
      alerts.flatMap(({ labels, status }) => (labels["alertname"] === name ? [status] : [])),
    );

  test("a window that a job opened outlives an alerter that is killed, and what it held is told afterwards", async () => {
    const { stack } = system;
    const db = { service: "db", team: "a" };
    await post({ labels: { alertname: "Told", ...db } });
    await eventually(() => toldOf("Told").length === 1);
    const wrapped = startSightlinectl(
      stack.dir,
      ...["maintenance", "open", "deploy", "--for", "10m", "--reason", "release 42", "--matcher", 'service="db"'],
      ...["--wrap", "--", process.execPath, "-e", "process.stdin.resume(); setTimeout(() => process.exit(3), 60_000)"],
    );
    await mutedBy("Told", ["deploy"]);
    await post({ labels: { alertname: "Held", ...db } });
    await post({ labels: { alertname: "Told", ...db }, endsAt: new Date().toISOString() });
    await mutedBy("Held", ["deploy"]);
    await stack.process("alerter").kill();
    await stack.process("alerter").start();
    await mutedBy("Held", ["deploy"]);
    assert.deepEqual([toldOf("Told"), toldOf("Held")], [["firing"], []]);
    wrapped.interrupt();
    const { code, stderr } = await wrapped.result;
    assert.deepEqual([code, /deploy: closed/.test(stderr)], [130, true], stderr);
    await eventually(() => toldOf("Held").length === 1);
    await eventually(() => toldOf("Told").length === 2);
    assert.deepEqual([toldOf("Told"), toldOf("Held")], [["firing", "resolved"], ["firing"]]);
    await mutedBy("Held", []);
    const [held] = await shown("Held");
    const why = await actionsOf(held?.fingerprint ?? "");
    assert.deepEqual(
      why.map((text) => text.replaceAll(/[0-9a-f-]{36}|\d{4}-\S+Z/g, "…")),
      [
        "somebody opened a maintenance window (deploy: key:…: until …: release 42)",
        "somebody closed a maintenance window (deploy: key:…)",
      ],
    );
    const listed = await sightlinectl(stack.dir, "--json", "maintenance", "list");
    assert.partialDeepStrictEqual(JSON.parse(listed.stdout), { windows: [{ name: "deploy", open: false }] });
  });

  test("windows over REST say when they are open, and refuse what has no author's reason", async () => {
    const schedule = {
      kind: "recurring",
      timeZone: "Europe/Berlin",
      weekly: [{ weekdays: ["saturday"], start: "23:30", durationMinutes: 60 }],
    };
    const draft = { matchers: ['service="cache"'], schedule, reason: "backups" };
    const put = await ask("PUT", "/v1/maintenance-windows/backups", draft);
    const { window } = windowAnswer.parse(put.body);
    const range = "start=2026-10-24T00:00:00Z&end=2026-10-30T00:00:00Z";
    const { body } = await ask("GET", `/v1/maintenance-windows/${window.windowId}/occurrences?${range}`);
    assert.deepEqual(body, { occurrences: [{ start: "2026-10-24T21:30:00.000Z", end: "2026-10-24T22:30:00.000Z" }] });
    assert.deepEqual((await ask("POST", `/v1/maintenance-window-preview?${range}`, draft)).body, body);
    for (const [path, sent] of [
      ["/v1/maintenance-windows/backups", { ...draft, reason: "" }],
      ["/v1/maintenance-windows/backups", { ...draft, matchers: ["service"] }],
      ["/v1/maintenance-windows/backups", { ...draft, schedule: { ...schedule, timeZone: "Mars/Base" } }],
    ] as const) {
      assert.equal((await ask("PUT", path, sent)).status, 400);
    }
    assert.equal((await ask("POST", "/v1/maintenance-windows/backups/open", { reason: "now" })).status, 400);
    assert.equal(
      (await ask("POST", "/v1/maintenance-windows/other/open", { reason: "now", forSeconds: 9 })).status,
      404,
    );
    assert.equal((await ask("DELETE", "/v1/maintenance-windows/backups")).status, 200);
  });

  test("silences over REST have an author, a reason and an end, and are Alertmanager's too", async () => {
    const matchers = [{ name: "alertname", value: "Noisy" }];
    const made = await ask("POST", "/v1/silences", { matchers, forSeconds: 3600, reason: "known" });
    const { silence } = silenceAnswer.parse(made.body);
    assert.deepEqual([silence.state, silence.author, silence.reason], ["active", "admin", "known"]);
    await post({ labels: { alertname: "Noisy", team: "b" } });
    await eventually(async () => {
      const [alert] = await shown("Noisy");
      assert.deepEqual(alert?.status.silencedBy, [silence.silenceId]);
    });
    for (const wrong of [
      { matchers, forSeconds: 3600 },
      { matchers, forSeconds: 3600, reason: " " },
      { matchers, reason: "for ever" },
      { matchers: [], forSeconds: 3600, reason: "all" },
    ]) {
      assert.equal((await ask("POST", "/v1/silences", wrong)).status, 400, JSON.stringify(wrong));
    }
    const path = `/v1/silences/${silence.silenceId}`;
    const longer = silenceAnswer.parse((await ask("PUT", path, { matchers, forSeconds: 7200, reason: "still" })).body);
    assert.deepEqual([longer.silence.silenceId, longer.silence.reason], [silence.silenceId, "still"]);
    assert.equal(silenceAnswer.parse((await ask("DELETE", path)).body).silence.state, "expired");
    await eventually(() => toldOf("Noisy").length === 1);
  });

  test("an alert that others sent is acknowledged, assigned, snoozed and resolved by its fingerprint", async () => {
    await post({ labels: { alertname: "Slow", team: "c" } });
    await eventually(() => toldOf("Slow").length === 1);
    const [alert] = await shown("Slow");
    assert.ok(alert);
    const act = async (verb: string, body: object = {}) =>
      careAnswer.parse((await ask("POST", `/v1/alerts/${alert.fingerprint}/${verb}`, body)).body);
    assert.equal((await act("acknowledge", { note: "on it" })).care.acknowledgedBy, "admin");
    assert.equal((await act("assign", { assignee: "ann" })).care.assignee, "ann");
    const { care } = await act("snooze", { forSeconds: 600 });
    assert.deepEqual([care.acknowledgedBy, care.snoozedUntil !== null], ["", true]);
    await act("unacknowledge");
    assert.equal((await ask("POST", `/v1/alerts/${alert.fingerprint}/snooze`, {})).status, 400);
    assert.equal((await ask("POST", `/v1/alerts/${"0".repeat(16)}/acknowledge`, {})).status, 404);
    const group = { groupKey: '{}:{team="c"}' };
    assert.partialDeepStrictEqual((await ask("POST", "/v1/alert-groups/acknowledge", group)).body, {
      care: { acknowledgedBy: "admin" },
      alerts: 1,
    });
    await act("resolve", { note: "done" });
    await eventually(() => toldOf("Slow").length === 2);
    assert.deepEqual(toldOf("Slow"), ["firing", "resolved"]);
    assert.deepEqual(await actionsOf(alert.fingerprint), [
      "somebody takes care of it (admin: on it)",
      "somebody shall see to it (admin to ann)",
      "somebody wants to hear of it later (admin)",
      "nobody takes care of it any more (admin)",
      "somebody takes care of it (admin)",
      "somebody says that it is over (admin: done)",
    ]);
  });
});
