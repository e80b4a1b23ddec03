import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { uuid7 } from "@sightline/model/uuid7";
import { createPool } from "@sightline/postgres/pool";
import {
  EscalationPolicy,
  OncallServiceClient,
  Override,
  RotationUnit,
  Schedule,
  Weekday,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { fails } from "../testing/calls.ts";
import { createDutyCalls } from "./duty-calls.ts";
import { addOncallService } from "./oncall-service.ts";
import { createPolicyCalls } from "./policy-calls.ts";
import { createScheduleCalls } from "./schedule-calls.ts";

const internalToken = "the-internal-token";
const MONDAY_MS = Date.parse("2026-11-02T08:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const clock = testClock(MONDAY_MS);
const opened = new AsyncDisposableStack();
let client: ReturnType<typeof connect>;
let tenants = 0;

function connect(port: number) {
  return createClient(OncallServiceClient, `127.0.0.1:${port}`, { internalToken });
}

before(async () => {
  const postgres = opened.use(await testDatabase());
  const sql = createPool({ url: postgres.url, maxConnections: 4 }, { log: quietLog });
  opened.defer(() => sql.close());
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  addOncallService(server, {
    internalToken,
    schedules: createScheduleCalls({ sql, clock, newId: () => uuid7(clock()), maxSchedules: 3 }),
    duty: createDutyCalls({ sql, clock }),
    policies: createPolicyCalls({ sql, clock, maxPolicies: 3, maxContacts: 3, receiversOf: async () => [] }),
  });
  opened.defer(() => server.close(1000));
  client = connect(await server.listen());
  opened.defer(() => client.close());
});
after(() => opened.disposeAsync());

/** A tenant that nobody else has; the clock stands at its Monday again. */
function newTenant() {
  clock.set(MONDAY_MS);
  tenants += 1;
  return { tenant: `tenant-${tenants}`, deadlineMs: 30_000 };
}

type Of = ReturnType<typeof newTenant>;

const nanos = (ms: number) => BigInt(ms) * 1_000_000n;
const hours = (unixNano: bigint) => (Number(unixNano / 1_000_000n) - MONDAY_MS) / HOUR_MS;

function weekly(participants: readonly string[], given: Partial<Schedule> = {}): Schedule {
  const rotation = { every: 1, unit: RotationUnit.WEEK, handoverTime: "09:00", handoverWeekday: Weekday.MONDAY };
  const layer = { name: "first", participants: [...participants], rotation, restrictions: [] };
  const layers = [{ ...layer, startUnixNano: nanos(MONDAY_MS), endUnixNano: 0n }];
  return { ...Schedule.fromPartial({ name: "payments", timeZone: "Europe/Berlin" }), layers, ...given };
}

function put(schedule: Schedule, of: Of, revision = 0) {
  return client.call("putSchedule", { schedule, revision, userId: "ada" }, of);
}

function putOverride(of: Of, user: string, [fromHour, toHour]: readonly [number, number], overrideId = "") {
  const times = {
    startUnixNano: nanos(MONDAY_MS + fromHour * HOUR_MS),
    endUnixNano: nanos(MONDAY_MS + toHour * HOUR_MS),
  };
  const override = { ...Override.fromPartial({ user, overrideId, note: "doctor" }), ...times };
  return client.call("putOverride", { schedule: "payments", override, userId: "ada" }, of);
}

async function onCallAt(of: Of, hour: number): Promise<string> {
  const request = { schedules: ["payments"], atUnixNano: nanos(MONDAY_MS + hour * HOUR_MS) };
  const { onCall } = await client.call("getOnCall", request, of);
  return onCall.map(({ user }) => user).join();
}

async function shiftsBetween(of: Of, fromHour: number, toHour: number): Promise<string[]> {
  const range = {
    startUnixNano: nanos(MONDAY_MS + fromHour * HOUR_MS),
    endUnixNano: nanos(MONDAY_MS + toHour * HOUR_MS),
  };
  const { shifts } = await client.call("listShifts", { schedule: "payments", ...range }, of);
  const text = (of: { startUnixNano: bigint; endUnixNano: bigint }, user: string) =>
    `${hours(of.startUnixNano)}-${hours(of.endUnixNano)} ${user}`;
  return [
    ...(shifts?.final ?? []).map((shift) => text(shift, shift.user)),
    ...(shifts?.gaps ?? []).map((gap) => text(gap, "-")),
  ];
}

test("a schedule is kept, changed and deleted by its name, and each change has an author", async () => {
  const of = newTenant();
  const { schedule: first } = await put(weekly(["ann", "bob"]), of);
  assert.deepEqual(first?.revision, { revision: 1, changedUnixNano: nanos(MONDAY_MS), changedBy: "ada" });
  clock.advance(HOUR_MS);
  const { schedule: second } = await put(weekly(["bob", "ann"]), of, 1);
  assert.equal(second?.revision?.revision, 2);
  const { schedule: same } = await put(weekly(["bob", "ann"]), of);
  assert.equal(same?.revision?.revision, 2, "what changes nothing is no change");
  const lost = put(weekly(["eve"]), of, 1);
  await fails(lost, "failed_precondition", /revision: got 1, want 2: somebody else has changed it/);
  const { schedules } = await client.call("listSchedules", {}, of);
  assert.deepEqual(
    schedules.map(({ schedule }) => schedule?.layers[0]?.participants),
    [["bob", "ann"]],
  );
  const { schedule: then } = await client.call(
    "getSchedule",
    { name: "payments", asOfUnixNano: nanos(MONDAY_MS + 1) },
    of,
  );
  assert.deepEqual(then?.schedule?.layers[0]?.participants, ["ann", "bob"]);
  await client.call("deleteSchedule", { name: "payments", userId: "ada" }, of);
  assert.deepEqual((await client.call("listSchedules", {}, of)).schedules, []);
  await fails(
    client.call("getSchedule", { name: "payments", asOfUnixNano: 0n }, of),
    "not_found",
    /schedule "payments"/,
  );
  await fails(client.call("deleteSchedule", { name: "payments", userId: "ada" }, of), "not_found");
});

test("what cannot be meant is refused with the place, and nothing of it is kept", async () => {
  const of = newTenant();
  const f = (given: Partial<Schedule>, says: RegExp) =>
    fails(put(weekly(["ann"], given), of), "invalid_argument", says);
  await f({ name: "" }, /cannot keep schedule: name: got nothing/);
  await f({ timeZone: "Berlin" }, /time_zone: got "Berlin", want an IANA time zone/);
  const [layer] = weekly(["ann"]).layers;
  assert.ok(layer?.rotation);
  await f({ layers: [{ ...layer, rotation: undefined }] }, /layers\[0\]\.rotation: got none/);
  await f({ layers: [{ ...layer, rotation: { ...layer.rotation, unit: 0 } }] }, /layers\[0\]\.rotation\.unit: got 0/);
  const restrictions = [
    { kind: { $case: "week", value: { fromWeekday: 0, from: "09:00", toWeekday: 1, to: "17:00" } } },
  ] as const;
  await f({ layers: [{ ...layer, restrictions: [...restrictions] }] }, /restrictions\[0\]\.from_weekday: got 0/);
  await f({ layers: [layer, layer] }, /layers\[1\]\.name: got first again/);
  await fails(client.call("putSchedule", { schedule: undefined, revision: 0, userId: "ada" }, of), "invalid_argument");
  await fails(
    client.call("putSchedule", { schedule: weekly(["ann"]), revision: 0, userId: "" }, of),
    "invalid_argument",
    /user_id/,
  );
  assert.deepEqual((await client.call("listSchedules", {}, of)).schedules, []);
});

test("who was on call is answered from what was in force then", async () => {
  const of = newTenant();
  clock.set(MONDAY_MS - DAY_MS);
  await put(weekly(["ann"]), of);
  clock.set(MONDAY_MS + 3 * HOUR_MS);
  const { override } = await putOverride(of, "eve", [4, 8]);
  clock.set(MONDAY_MS + 6 * HOUR_MS);
  await client.call(
    "deleteOverride",
    { schedule: "payments", overrideId: override?.overrideId ?? "", userId: "ada" },
    of,
  );
  clock.set(MONDAY_MS + 10 * HOUR_MS);
  await put(weekly(["bob"]), of);
  clock.set(MONDAY_MS + 20 * HOUR_MS);
  assert.deepEqual(await shiftsBetween(of, 0, 24), ["0-4 ann", "4-6 eve", "6-10 ann", "10-24 bob"]);
  for (const [hour, user] of [
    [3, "ann"],
    [5, "eve"],
    [7, "ann"],
    [9, "ann"],
    [11, "bob"],
    [21, "bob"],
  ] as const) {
    assert.equal(await onCallAt(of, hour), user, `hour ${hour}`);
  }
  await fails(onCallAt(of, -48), "not_found", /schedule "payments"/);
  const { onCall } = await client.call("getOnCall", { schedules: [], atUnixNano: 0n }, of);
  assert.deepEqual(
    onCall.map(({ schedule, user, nextUser, source }) => ({ schedule, user, nextUser, source })),
    [{ schedule: "payments", user: "bob", nextUser: "", source: { kind: { $case: "layer", value: "first" } } }],
  );
});

test("overrides are made, moved and removed, and end with their schedule", async () => {
  const of = newTenant();
  await put(weekly(["ann"]), of);
  const { override } = await putOverride(of, "eve", [4, 8]);
  assert.deepEqual(
    [override?.createdBy, override?.note, override?.createdUnixNano],
    ["ada", "doctor", nanos(MONDAY_MS)],
  );
  clock.advance(1000);
  const { override: moved } = await putOverride(of, "eve", [6, 10], override?.overrideId);
  assert.deepEqual(await shiftsBetween(of, 1, 24), ["1-6 ann", "6-10 eve", "10-24 ann"]);
  await fails(putOverride(of, "eve", [6, 10], override?.overrideId), "not_found", /cannot find override/);
  await fails(putOverride(of, "eve", [10, 6]), "invalid_argument", /override\.end: got .* want a time after the start/);
  await fails(putOverride(of, "eve", [10, 6], "1"), "invalid_argument");
  await fails(putOverride(of, "eve", [6, 10], "1"), "not_found", /no override's id/);
  const listed = (await client.call("listSchedules", {}, of)).schedules.flatMap(({ overrides }) => overrides);
  assert.deepEqual(listed, [moved]);
  clock.advance(1000);
  await client.call("deleteSchedule", { name: "payments", userId: "ada" }, of);
  await fails(putOverride(of, "eve", [6, 10]), "not_found", /cannot find schedule/);
  clock.advance(1000);
  await put(weekly(["ann"]), of);
  assert.deepEqual(await shiftsBetween(of, 1, 24), ["1-24 ann"]);
});

test("a schedule is previewed without being kept", async () => {
  const of = newTenant();
  const range = { startUnixNano: nanos(MONDAY_MS - HOUR_MS), endUnixNano: nanos(MONDAY_MS + 14 * DAY_MS) };
  const request = { schedule: weekly(["ann", "bob"]), overrides: [], ...range };
  const { shifts } = await client.call("previewShifts", request, of);
  assert.deepEqual(
    shifts?.final.map(({ user }) => user),
    ["ann", "bob"],
  );
  assert.deepEqual(
    shifts?.layers.map(({ layer, shifts: own }) => [layer, own.length]),
    [["first", 2]],
  );
  assert.deepEqual(shifts?.gaps, [{ startUnixNano: nanos(MONDAY_MS - HOUR_MS), endUnixNano: nanos(MONDAY_MS) }]);
  const tooLong = { ...request, endUnixNano: nanos(MONDAY_MS + 500 * DAY_MS) };
  await fails(client.call("previewShifts", tooLong, of), "invalid_argument", /got 501 days, want at most 400/);
  await fails(client.call("previewShifts", { ...request, endUnixNano: 0n }, of), "invalid_argument", /end/);
  assert.deepEqual((await client.call("listSchedules", {}, of)).schedules, []);
});

test("calendars are of a schedule or of a user", async () => {
  const of = newTenant();
  await put(weekly(["ann", "bob"]), of);
  const whole = await client.call("getCalendar", { of: { $case: "schedule", value: "payments" } }, of);
  assert.match(whole.body, /^BEGIN:VCALENDAR\r\n/);
  assert.match(whole.etag, /^".+"$/);
  const own = await client.call("getCalendar", { of: { $case: "user", value: "bob" } }, of);
  const titles = (body: string) => new Set(body.match(/^SUMMARY:.*$/gm));
  assert.deepEqual(titles(own.body), new Set(["SUMMARY:bob is on call: payments"]));
  assert.equal(titles(whole.body).size, 2);
  await fails(client.call("getCalendar", { of: { $case: "schedule", value: "other" } }, of), "not_found");
  await fails(client.call("getCalendar", { of: undefined }, of), "invalid_argument");
});

test("escalation policies name schedules that are there, and keep them from being deleted", async () => {
  const of = newTenant();
  const step = (schedule: string) => ({
    delaySeconds: 0,
    targets: [{ kind: { $case: "schedule", value: schedule } as const }],
    severities: [],
    times: undefined,
  });
  const policy = { ...EscalationPolicy.fromPartial({ name: "default" }), steps: [step("payments")] };
  const putPolicy = (wanted: EscalationPolicy, revision = 0) =>
    client.call("putEscalationPolicy", { policy: wanted, revision, userId: "ada" }, of);
  await fails(
    putPolicy(policy),
    "invalid_argument",
    /steps\[0\]\.targets\[0\]\.schedule: got "payments", want a schedule/,
  );
  await put(weekly(["ann"]), of);
  const { policy: kept } = await putPolicy(policy);
  assert.equal(kept?.revision?.revision, 1);
  await fails(putPolicy({ ...policy, steps: [] }), "invalid_argument", /steps: got 0, want 1 to 20/);
  await fails(putPolicy({ ...policy, repeat: 3 }, 7), "failed_precondition", /revision: got 7, want 1/);
  const deletion = () => client.call("deleteSchedule", { name: "payments", userId: "ada" }, of);
  await fails(deletion(), "failed_precondition", /these escalation policies name it: default/);
  clock.advance(1000);
  await client.call("deleteEscalationPolicy", { name: "default", userId: "ada" }, of);
  await deletion();
  assert.deepEqual((await client.call("listEscalationPolicies", { asOfUnixNano: 0n }, of)).policies, []);
  const then = await client.call("listEscalationPolicies", { asOfUnixNano: nanos(MONDAY_MS) }, of);
  assert.deepEqual(
    then.policies.map((one) => one.policy?.name),
    ["default"],
  );
});

test("users' contact methods are kept by user", async () => {
  const of = newTenant();
  const method = { receiver: "mail", address: "ann@example.com", delaySeconds: 60, severities: [] };
  const contacts = { user: "ann", timeZone: "Europe/Berlin", methods: [method], quietHours: [] };
  const putContacts = (wanted: typeof contacts) =>
    client.call("putContacts", { contacts: wanted, revision: 0, userId: "ann" }, of);
  await putContacts(contacts);
  await fails(
    putContacts({ ...contacts, methods: [{ ...method, receiver: "" }] }),
    "invalid_argument",
    /methods\[0\]\.receiver/,
  );
  const listed = async () => (await client.call("listContacts", { asOfUnixNano: 0n }, of)).contacts;
  assert.deepEqual(
    (await listed()).map((kept) => kept.contacts),
    [contacts],
  );
  await client.call("deleteContacts", { user: "ann", userId: "ann" }, of);
  assert.deepEqual(await listed(), []);
});

test("each tenant has its own, and no more than it may", async () => {
  const [one, other] = [newTenant(), newTenant()];
  for (const name of ["a", "b", "c"]) await put(weekly(["ann"], { name }), one);
  await fails(put(weekly(["ann"], { name: "d" }), one), "resource_exhausted", /got 3 already/);
  await put(weekly(["bob"], { name: "c" }), one);
  assert.deepEqual((await client.call("listSchedules", {}, other)).schedules, []);
  await fails(client.call("getSchedule", { name: "a", asOfUnixNano: 0n }, other), "not_found");
});
