import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSchedule } from "./check-schedule.ts";
import type { Layer, Override, Schedule } from "./schedule.ts";
import { layer, moment, schedule } from "./testing/schedules.ts";

const override: Override = {
  overrideId: "1",
  user: "eve",
  startMs: moment("2026-11-03T00:00Z"),
  endMs: moment("2026-11-04T00:00Z"),
};

test("a schedule that could be meant is taken", () => {
  checkSchedule(schedule());
  checkSchedule(schedule({ layers: [] }));
  checkSchedule(schedule({ overrides: [override], timeZone: "America/Argentina/Buenos_Aires" }));
  checkSchedule(
    schedule({
      layers: [
        layer({ name: "a", rotation: { every: 12, unit: "hour", handoverTime: "08:00", handoverWeekday: undefined } }),
        layer({
          name: "b",
          participants: ["ann", "bob", "ann"],
          restrictions: [{ kind: "day", weekdays: ["sunday"], from: "00:00", to: "24:00" }],
          endsAtMs: moment("2027-01-01T00:00Z"),
        }),
      ],
    }),
  );
});

test("one that could not is refused with the place", () => {
  const f = (given: Partial<Schedule>, want: string) =>
    assert.throws(() => checkSchedule(schedule(given)), {
      code: "invalid_argument",
      message: `cannot keep schedule: ${want}`,
    });
  const ofLayer = (given: Partial<Layer>, want: string) =>
    f({ layers: [layer({ name: "other" }), layer(given)] }, `layers[1].${want}`);
  const { rotation } = layer();
  f({ timeZone: "Mars/Olympus" }, 'time_zone: got "Mars/Olympus", want an IANA time zone such as "Europe/Berlin"');
  f({ timeZone: "" }, 'time_zone: got nothing, want an IANA time zone such as "Europe/Berlin"');
  f({ layers: Array.from({ length: 21 }, (_, n) => layer({ name: `${n}` })) }, "layers: got 21, want 0 to 20");
  f({ layers: [layer(), layer()] }, "layers[1].name: got first again, want a name of its own");
  ofLayer({ name: "" }, "name: got nothing, want a name of 1 to 128 characters");
  ofLayer({ name: " x" }, 'name: got " x", want a name of 1 to 128 characters');
  ofLayer({ participants: [] }, "participants: got 0, want 1 to 100");
  ofLayer({ participants: ["ann", ""] }, "participants[1]: got nothing, want a name of 1 to 128 characters");
  ofLayer({ rotation: { ...rotation, every: 0 } }, "rotation.every: got 0, want 1 to 52");
  ofLayer({ rotation: { ...rotation, every: 1.5 } }, "rotation.every: got 1.5, want 1 to 52");
  ofLayer(
    { rotation: { ...rotation, handoverTime: "9:00" } },
    'rotation.handover_time: got "9:00", want 00:00 to 23:59',
  );
  ofLayer(
    { rotation: { ...rotation, handoverTime: "24:00" } },
    'rotation.handover_time: got "24:00", want 00:00 to 23:59',
  );
  ofLayer(
    { rotation: { ...rotation, handoverWeekday: undefined } },
    "rotation.handover_weekday: got none, want a weekday, since turns are weeks",
  );
  ofLayer(
    { rotation: { ...rotation, unit: "day" } },
    "rotation.handover_weekday: got monday, want none, since turns are days",
  );
  ofLayer(
    { restrictions: [{ kind: "day", weekdays: [], from: "09:00", to: "25:00" }] },
    'restrictions[0].to: got "25:00", want 00:00 to 24:00',
  );
  ofLayer(
    { restrictions: [{ kind: "day", weekdays: ["monday", "monday"], from: "09:00", to: "17:00" }] },
    "restrictions[0].weekdays: got monday, monday, want each day at most once",
  );
  ofLayer({ startsAtMs: Number.NaN }, "start: got NaN, want a time from 1970 to 2200");
  ofLayer(
    { endsAtMs: moment("2026-11-02T08:00Z") },
    "end: got 2026-11-02T08:00:00.000Z, want a time after the start, 2026-11-02T08:00:00.000Z",
  );
  f(
    { overrides: [override, { ...override, endMs: override.startMs }] },
    "overrides[1].end: got 2026-11-03T00:00:00.000Z, want a time after the start, 2026-11-03T00:00:00.000Z",
  );
  f(
    { overrides: [{ ...override, endMs: moment("2028-11-03T00:00Z") }] },
    "overrides[0].end: got 2028-11-03T00:00:00.000Z, want at most 366 days after the start",
  );
});
