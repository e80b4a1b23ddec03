// Maintenance windows with a real Postgres: what is held in them, what is told after them, and that they outlive whoever dispatches.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  MaintenanceWindow,
  OpenMaintenanceWindowRequest,
  RecurringSchedule,
} from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { fails } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { end, post, routedAlerts, routeTo, toldOf } from "../testing/routed.ts";
import { type Alerter, createWorld, ofTenant, type World } from "../testing/world.ts";

const HOUR_MS = 3_600_000;

describe("maintenance windows", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  const open = async (alerter: Alerter, change: Partial<OpenMaintenanceWindowRequest> = {}) => {
    const request = OpenMaintenanceWindowRequest.fromPartial({
      window: "deploy",
      forMs: BigInt(HOUR_MS),
      reason: "release 42",
      matchers: ['service="db"'],
      userId: "ci",
      ...change,
    });
    const { window } = await alerter.windows.call("openMaintenanceWindow", request, ofTenant);
    assert.ok(window);
    return window;
  };
  const close = async (alerter: Alerter, key = "") => {
    const request = { window: "deploy", key, userId: "ci" };
    const { window } = await alerter.windows.call("closeMaintenanceWindow", request, ofTenant);
    assert.ok(window);
    return window;
  };
  /** Until whoever dispatches knows of a window, which is seen in what hides alerts. */
  const held = (alerter: Alerter, names: readonly string[]) =>
    eventually(async () => {
      const alerts = await routedAlerts(alerter);
      const hidden = alerts.filter(({ windows }) => windows.some(({ name }) => name === "deploy"));
      assert.deepEqual(hidden.map(({ labels }) => labels["alertname"]).sort(), [...names].sort());
      assert.ok(hidden.every(({ suppressed, silencedBy }) => suppressed && silencedBy.length === 0));
    });
  const decided = async ({ sql, tenant }: World, step: string) => {
    const row = z.object({ ids: z.array(z.string()), detail: z.string(), reason: z.string() });
    const text = "SELECT ids, detail, reason FROM alert_decisions WHERE tenant = $1 AND step = $2 ORDER BY decision_id";
    return sql.query(text, [tenant, step], row);
  };

  test("what was told before and ends in a window is told after it, across a replica that takes over", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    const first = await here.startAlerter();
    await routeTo(first, receiver);
    const db = { service: "db", team: "a" };
    await post(first, { alertname: "Told", ...db }, { alertname: "Goes on", ...db });
    await eventually(() => receiver.received.length === 1);
    const window = await open(first);
    assert.equal(window.open, true);
    await held(first, ["Told", "Goes on"]);
    await post(first, { alertname: "Within", ...db }, { alertname: "New", ...db });
    await held(first, ["Told", "Goes on", "Within", "New"]);
    await end(first, { alertname: "Told", ...db });
    await end(first, { alertname: "Within", ...db });
    await held(first, ["Goes on", "New"]);
    await eventually(async () => assert.equal((await decided(here, "maintenance")).length >= 4, true));
    await first.stop();
    await using second = await here.startAlerter();
    await held(second, ["Goes on", "New"]);
    assert.equal(receiver.received.length, 1);
    assert.equal((await close(second)).open, false);
    await eventually(() => receiver.received.length === 2);
    assert.deepEqual(toldOf(receiver)[1], ["new alerts added", ["firing Goes on", "firing New", "resolved Told"]]);
    const holding = await decided(here, "maintenance");
    assert.ok(holding.every(({ ids }) => ids.length === 1 && ids[0] === window.windowId));
    assert.deepEqual(
      (await decided(here, "action")).map(({ reason, ids }) => [reason, ids]),
      [
        ["somebody opened a maintenance window", [window.windowId]],
        ["somebody closed a maintenance window", [window.windowId]],
      ],
    );
  });

  test("a job opens a window by name and key as often as it likes, and closes only its own", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const made = await open(alerter, { key: "job 1" });
    assert.deepEqual(made.schedule?.$case, "manual");
    const again = await open(alerter, { key: "job 1", forMs: BigInt(9 * HOUR_MS) });
    assert.deepEqual(again.openings, made.openings);
    await open(alerter, { key: "job 2", window: made.windowId, matchers: [] });
    const left = await close(alerter, "job 1");
    assert.deepEqual([left.open, left.openings.map(({ key }) => key)], [true, ["job 2"]]);
    assert.equal((await close(alerter, "job 1")).open, true);
    assert.equal((await close(alerter, "job 2")).open, false);
    assert.equal((await close(alerter)).open, false);
    await fails(open(alerter, { matchers: ['service="web"'] }), "failed_precondition", /service="web".*service="db"/);
    await fails(open(alerter, { window: "other", matchers: [] }), "not_found", /"other"/);
    await fails(open(alerter, { reason: " " }), "invalid_argument", /got no reason/);
    await fails(open(alerter, { userId: "" }), "invalid_argument", /user_id/);
    await fails(open(alerter, { forMs: 0n }), "invalid_argument", /until when or for how long/);
    await fails(open(alerter, { window: "new", matchers: ["service"] }), "invalid_argument", /matchers\[0\]/);
    const { windows } = await alerter.windows.call("listMaintenanceWindows", { onlyOpen: false }, ofTenant);
    assert.deepEqual(
      windows.map(({ name, createdBy, reason }) => [name, createdBy, reason]),
      [["deploy", "ci", "release 42"]],
    );
  });

  test("one that is closed against its schedule is open again by another schedule, not by the same", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const nowMs = Date.now();
    const put = async (hours: number) => {
      const times = { startsAtUnixMs: BigInt(nowMs - HOUR_MS), endsAtUnixMs: BigInt(nowMs + hours * HOUR_MS) };
      const schedule = { $case: "once", value: times } as const;
      const draft = MaintenanceWindow.fromPartial({ matchers: ['service="db"'], reason: "backups", schedule });
      const request = { window: "deploy", draft, userId: "ann" };
      return (await alerter.windows.call("putMaintenanceWindow", request, ofTenant)).window;
    };
    assert.equal((await put(1))?.open, true);
    assert.equal((await close(alerter, "")).open, false);
    assert.equal((await put(1))?.open, false);
    const next = await put(2);
    assert.deepEqual([next?.open, next?.closedBy], [true, ""]);
  });

  test("a recurring window says when it will be open, keeps what was written, and says what is wrong", async () => {
    await using here = await world();
    await using alerter = await here.startAlerter();
    const draft = MaintenanceWindow.fromPartial({
      matchers: ['service=~"db|cache"'],
      reason: "backups",
      schedule: {
        $case: "recurring",
        value: {
          timeZone: "Europe/Berlin",
          weekly: [{ weekdays: ["saturday"], start: "23:30", durationMinutes: 240 }],
          intervals: [{ times: ["02:00-03:00"], daysOfMonth: ["1"], weekdays: [], months: [], years: [] }],
        },
      },
    });
    const put = async (change: Partial<MaintenanceWindow> = {}, window = "backups") => {
      const request = { window, draft: { ...draft, ...change }, userId: "ann" };
      const { window: kept } = await alerter.windows.call("putMaintenanceWindow", request, ofTenant);
      assert.ok(kept);
      return kept;
    };
    const kept = await put();
    assert.deepEqual([kept.schedule, kept.createdBy], [draft.schedule, "ann"]);
    const preview = {
      of: { $case: "window", value: "backups" },
      startUnixMs: BigInt(Date.parse("2026-10-24T00:00:00Z")),
      endUnixMs: BigInt(Date.parse("2026-11-02T00:00:00Z")),
    } as const;
    const { occurrences } = await alerter.windows.call("previewMaintenanceWindow", preview, ofTenant);
    const textOf = (unixMs: bigint) => new Date(Number(unixMs)).toISOString().slice(0, 16);
    assert.deepEqual(
      occurrences.map(({ startsAtUnixMs, endsAtUnixMs }) => [textOf(startsAtUnixMs), textOf(endsAtUnixMs)]),
      [
        // Five hours: clocks go back in that night.
        ["2026-10-24T21:30", "2026-10-25T02:30"],
        ["2026-10-31T22:30", "2026-11-01T02:30"],
      ],
    );
    const renamed = await put({ name: "nightly" });
    assert.deepEqual([renamed.windowId, renamed.name], [kept.windowId, "nightly"]);
    await fails(put({ name: "nightly" }, "another"), "already_exists");
    const recurring = (change: Partial<RecurringSchedule>) =>
      put({ schedule: { $case: "recurring", value: { ...RecurringSchedule.create(), ...change } } });
    await fails(recurring({ timeZone: "Mars/Base" }), "invalid_argument", /time_zone: got "Mars\/Base"/);
    await fails(recurring({ timeZone: "UTC" }), "invalid_argument", /at least one/);
    const weekly = [{ weekdays: ["sunday"], start: "25:00", durationMinutes: 60 }];
    await fails(recurring({ timeZone: "UTC", weekly }), "invalid_argument", /weekly\[0\].*25:00/);
    await fails(put({ reason: "" }), "invalid_argument", /got no reason/);
    await alerter.windows.call("deleteMaintenanceWindow", { window: "nightly", userId: "ann" }, ofTenant);
    await fails(
      alerter.windows.call("getMaintenanceWindow", { window: "nightly" }, ofTenant),
      "not_found",
      /"nightly"/,
    );
  });
});
