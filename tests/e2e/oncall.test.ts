import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Stack, startStack } from "@sightline/local/stack/stack";
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
    stack = closers.use(await startStack({ dir, ports: "free" }));
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
