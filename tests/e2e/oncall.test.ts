import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Stack, startStack } from "@sightline/local/stack/stack";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "./rest-client.ts";

const schedulesForm = z.object({
  schedules: z.array(z.looseObject({ name: z.string(), revision: z.number(), overrides: z.array(z.unknown()) })),
});
const shiftsForm = z.object({
  shifts: z.object({
    final: z.array(z.object({ user: z.string(), start: z.string(), end: z.string(), source: z.unknown() })),
    layers: z.array(z.unknown()),
    overrides: z.array(z.unknown()),
    gaps: z.array(z.object({ start: z.string(), end: z.string() })),
  }),
});
const overrideForm = z.object({ override: z.looseObject({ overrideId: z.string(), createdBy: z.string() }) });
const feedForm = z.object({ feedId: z.string(), path: z.string(), prefix: z.string() });
const escalationForm = z.looseObject({
  escalationId: z.string(),
  severity: z.string(),
  status: z.string(),
  nextStep: z.number(),
  assignee: z.string(),
  due: z.string().nullable(),
  told: z.array(z.unknown()),
});
const escalationsForm = z.object({ escalations: z.array(escalationForm) });
const anything = z.unknown();

const layer = {
  name: "first",
  participants: ["ann", "bob"],
  rotation: { every: 1, unit: "day", handoverTime: "09:00" },
  start: "2026-01-01T08:00:00Z",
};
const schedule = { timeZone: "Europe/Berlin", layers: [layer] };

describe("who is on call, over REST", { timeout: 240_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let stack: Stack;
  let rest: RestClient;
  let cookie: Record<string, string>;

  before(async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-oncall-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    stack = closers.use(await startStack({ dir, ports: "free", services: ["alerter", "gateway"] }));
    cookie = await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword);
    rest = createRestClient(stack.doors.page, cookie);
    await rest.send("PUT", "/v1/oncall/schedules/payments", schedule, anything);
  });

  test("a schedule is kept, listed and answered from", async () => {
    const { schedules } = await rest.get("/v1/oncall/schedules", schedulesForm);
    assert.deepEqual(
      schedules.map(({ name, revision }) => [name, revision]),
      [["payments", 1]],
    );
    const day = "start=2036-06-01T07:00:00Z&end=2036-06-03T07:00:00Z";
    const { shifts } = await rest.get(`/v1/oncall/schedules/payments/shifts?${day}`, shiftsForm);
    assert.deepEqual(new Set(shifts.final.map(({ user }) => user)), new Set(["ann", "bob"]));
    assert.deepEqual(shifts.gaps, []);
    const { onCall } = await rest.get(
      "/v1/oncall/now",
      z.object({ onCall: z.array(z.looseObject({ user: z.string() })) }),
    );
    assert.ok(["ann", "bob"].includes(onCall[0]?.user ?? ""));
    const wrong = { ...schedule, layers: [{ ...layer, rotation: { ...layer.rotation, handoverTime: "25:00" } }] };
    const refused = rest.send("PUT", "/v1/oncall/schedules/other", wrong, anything);
    await assert.rejects(refused, /400.*layers\[0\]\.rotation\.handover_time: got \\"25:00\\"/);
    const stale = rest.send("PUT", "/v1/oncall/schedules/payments", { ...schedule, revision: 9 }, anything);
    await assert.rejects(stale, /409.*somebody else has changed it/);
  });

  test("an override puts somebody else on call, moves, and goes", async () => {
    const path = "/v1/oncall/schedules/payments/overrides";
    const range = "start=2036-07-01T00:00:00Z&end=2036-07-02T00:00:00Z";
    const users = async () => {
      const { shifts } = await rest.get(`/v1/oncall/schedules/payments/shifts?${range}`, shiftsForm);
      return shifts.final.map(({ user, start }) => `${start.slice(11, 13)} ${user}`);
    };
    const body = { user: "eve", start: "2036-07-01T10:00:00Z", end: "2036-07-01T12:00:00Z" };
    const { override } = await rest.send("POST", path, body, overrideForm);
    assert.equal(override.createdBy, stack.adminUser);
    assert.ok((await users()).includes("10 eve"));
    const later = { ...body, start: "2036-07-01T11:00:00Z" };
    const { override: moved } = await rest.send("PUT", `${path}/${override.overrideId}`, later, overrideForm);
    assert.ok((await users()).includes("11 eve"));
    await rest.send("DELETE", `${path}/${moved.overrideId}`, undefined, anything);
    assert.ok(!(await users()).some((shift) => shift.endsWith("eve")));
  });

  test("a schedule is previewed without being kept", async () => {
    const preview = {
      ...schedule,
      layers: [{ ...layer, participants: ["zoe"] }],
      start: "2036-07-01T00:00:00Z",
      end: "2036-07-02T00:00:00Z",
    };
    const { shifts } = await rest.send("POST", "/v1/oncall/preview", preview, shiftsForm);
    assert.deepEqual(
      shifts.final.map(({ user }) => user),
      ["zoe"],
    );
  });

  test("a calendar is read by its address alone, cheaply again, until it is revoked", async () => {
    const { feedId, path, prefix } = await rest.send(
      "POST",
      "/v1/oncall/feeds",
      { kind: "schedule", name: "payments" },
      feedForm,
    );
    const read = (headers: Record<string, string> = {}) => fetch(stack.doors.page + path, { headers });
    const first = await read();
    assert.equal(first.status, 200);
    assert.equal(first.headers.get("content-type"), "text/calendar; charset=utf-8");
    assert.match(first.headers.get("cache-control") ?? "", /^private, max-age=/);
    assert.match(await first.text(), /^BEGIN:VCALENDAR\r\n[\s\S]*SUMMARY:ann is on call: payments\r\n/);
    const again = await read({ "if-none-match": first.headers.get("etag") ?? "" });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
    const listed = await rest.text("/v1/oncall/feeds");
    assert.ok(listed.includes(prefix) && !listed.includes(path.split("/").at(-1)?.replace(".ics", "") ?? "?"));
    await rest.send("DELETE", `/v1/oncall/feeds/${feedId}`, undefined, anything);
    assert.equal((await read()).status, 404);
    assert.equal((await fetch(`${stack.doors.page}/v1/oncall/calendars/guessed.ics`)).status, 404);
    await assert.rejects(rest.send("POST", "/v1/oncall/feeds", { kind: "schedule", name: "none" }, feedForm), /404/);
  });

  test("escalation policies and contact methods are kept", async () => {
    const step = { targets: [{ kind: "schedule", schedule: "payments" }] };
    const policies = z.object({
      policies: z.array(z.looseObject({ name: z.string(), repeatAfterSeconds: z.number() })),
    });
    await rest.send("PUT", "/v1/oncall/policies/default", { steps: [step] }, anything);
    assert.deepEqual(
      (await rest.get("/v1/oncall/policies", policies)).policies.map(({ name }) => name),
      ["default"],
    );
    const used = rest.send("DELETE", "/v1/oncall/schedules/payments", undefined, anything);
    await assert.rejects(used, /409.*these escalation policies name it: default/);
    const kept = new Date().toISOString();
    await rest.send("DELETE", "/v1/oncall/policies/default", undefined, anything);
    assert.deepEqual((await rest.get("/v1/oncall/policies", policies)).policies, []);
    const then = await rest.get(`/v1/oncall/policies?asOf=${kept}`, policies);
    assert.deepEqual(
      then.policies.map(({ name }) => name),
      ["default"],
    );
    const contacts = { timeZone: "UTC", methods: [{ receiver: "mail", address: "ann@example.com" }] };
    await rest.send("PUT", "/v1/oncall/contacts/ann", contacts, anything);
    assert.match(await rest.text("/v1/oncall/contacts"), /ann@example\.com/);
  });

  test("a group escalates, and people do something about it", async () => {
    const to = (kind: "user" | "receiver", name: string) => ({ kind, [kind]: name });
    const steps = [{ targets: [to("receiver", "log")] }, { delaySeconds: 3600, targets: [to("user", "ann")] }];
    await rest.send("PUT", "/v1/oncall/policies/escalating", { steps }, anything);
    const source = `
route: { receiver: people, group_by: [alertname], group_wait: 0s }
receivers:
  - { name: people, sightline: { escalation: escalating } }
  - { name: log, sightline: { console: } }
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, anything);
    const wrong = rest.send("PUT", "/v1/alert-routing", { source: source.replace("escalating", "none") }, anything);
    await assert.rejects(wrong, /400.*4:46: undefined escalation policy \\"none\\"/);
    const posted = await fetch(`${stack.doors.page}/alertmanager/api/v2/alerts`, {
      method: "POST",
      headers: { ...cookie, "content-type": "application/json" },
      body: JSON.stringify([{ labels: { alertname: "Down", severity: "critical" } }]),
    });
    assert.equal(posted.status, 200);
    const [open] = await eventually(async () => {
      const { escalations } = await rest.get("/v1/escalations?status=running&policy=escalating", escalationsForm);
      assert.equal(escalations[0]?.nextStep, 2);
      return escalations;
    });
    assert.deepEqual([open?.severity, open?.told], ["critical", [{ kind: "receiver", receiver: "log" }]]);
    const path = `/v1/escalations/${open?.escalationId}`;
    const act = async (verb: string, body: unknown) => {
      const { escalation } = await rest.send("POST", `${path}/${verb}`, body, z.object({ escalation: escalationForm }));
      return [escalation.status, escalation.assignee, escalation.due === null];
    };
    const by = stack.adminUser;
    assert.deepEqual(await act("acknowledge", { note: "mine" }), ["acknowledged", by, true]);
    assert.deepEqual(await act("snooze", { until: "2036-01-01T00:00:00Z" }), ["snoozed", by, false]);
    assert.deepEqual(await act("reassign", { to: to("user", "ann") }), ["running", "ann", false]);
    assert.deepEqual(await act("resume", {}), ["running", "ann", false]);
    assert.deepEqual(await act("resolve", {}), ["resolved", "ann", true]);
    await assert.rejects(act("acknowledge", {}), /409.*want one that is open/);
    const { timeline } = await rest.get(path, z.object({ timeline: z.array(z.object({ detail: z.string() })) }));
    const told = timeline.map(({ detail }) => detail);
    assert.ok(told.includes(`${by} acknowledged: mine`), told.join("\n"));
    assert.ok(told.includes("console[0] of log was told: written to the log"), told.join("\n"));
    const { escalations: left } = await rest.get("/v1/escalations", escalationsForm);
    assert.deepEqual(left, []);
    const shown = await rest.get(
      "/alertmanager/api/v2/status",
      z.object({ config: z.object({ original: z.string() }) }),
    );
    assert.doesNotMatch(shown.config.original, /sightline|escalating/);
  });

  test("who may only read sees no addresses of people, and changes nothing", async () => {
    const { key } = await rest.send(
      "POST",
      "/v1/keys",
      { name: "reader", scopes: ["query"] },
      z.object({ key: z.string() }),
    );
    const reader = createRestClient(stack.doors.page, { authorization: `Bearer ${key}` });
    assert.match(await reader.text("/v1/oncall/schedules"), /payments/);
    assert.doesNotMatch(await reader.text("/v1/oncall/contacts"), /ann@example\.com/);
    await assert.rejects(reader.send("PUT", "/v1/oncall/schedules/mine", schedule, anything), /403/);
    await assert.rejects(reader.send("PUT", "/v1/oncall/contacts/ann", { timeZone: "UTC" }, anything), /403/);
    await assert.rejects(reader.send("POST", "/v1/oncall/feeds", { kind: "user", name: "ann" }, anything), /403/);
  });
});
