import assert from "node:assert/strict";
import { test } from "node:test";
import type { Severity } from "@sightline/model/severity";
import { type ContactPreferences, checkContacts, planContacts } from "./contacts.ts";

const method = { receiver: "mail", address: "ann@example.com", delayMs: 0, severities: [] } as const;
const preferences: ContactPreferences = {
  timeZone: "Europe/Berlin",
  methods: [
    method,
    { ...method, receiver: "pager", delayMs: 120_000, severities: ["critical", "error"] },
    { ...method, receiver: "telephone", delayMs: 600_000 },
  ],
  quietHours: [{ kind: "day", weekdays: [], from: "22:00", to: "07:00" }],
};

function planned(of: ContactPreferences, severity: Severity, at: string): string[] {
  return planContacts(of, { severity, atMs: Date.parse(at) }).map(({ method: { receiver }, atMs, reason }) =>
    atMs === undefined ? `${receiver} ${reason}` : `${receiver} ${new Date(atMs).toISOString().slice(5, 19)} ${reason}`,
  );
}

test("methods are used in order, each after its delay, for the severities it is for", () => {
  assert.deepEqual(planned(preferences, "error", "2026-11-02T12:00Z"), [
    "mail 11-02T12:00:00 planned",
    "pager 11-02T12:02:00 planned",
    "telephone 11-02T12:10:00 planned",
  ]);
  assert.deepEqual(planned(preferences, "warning", "2026-11-02T12:00Z"), [
    "mail 11-02T12:00:00 planned",
    "pager severity",
    "telephone 11-02T12:10:00 planned",
  ]);
});

test("in quiet hours only what is critical comes; the rest waits, on the wall where the user is", () => {
  assert.deepEqual(planned(preferences, "error", "2026-11-02T20:55Z"), [
    "mail 11-02T20:55:00 planned",
    "pager 11-02T20:57:00 planned",
    "telephone 11-03T06:00:00 quiet_hours",
  ]);
  assert.deepEqual(planned(preferences, "critical", "2026-11-02T23:00Z"), [
    "mail 11-02T23:00:00 planned",
    "pager 11-02T23:02:00 planned",
    "telephone 11-02T23:10:00 planned",
  ]);
  // The night on which the clocks go back.
  assert.equal(planned(preferences, "error", "2026-10-24T21:00Z")[0], "mail 10-25T06:00:00 quiet_hours");
});

test("who wants quiet always hears of nothing but what is critical", () => {
  const always = { ...preferences, quietHours: [{ kind: "day", weekdays: [], from: "00:00", to: "24:00" }] } as const;
  assert.deepEqual(planned(always, "warning", "2026-11-02T12:00Z"), [
    "mail always_quiet",
    "pager severity",
    "telephone always_quiet",
  ]);
  assert.equal(planned(always, "critical", "2026-11-02T12:00Z")[0], "mail 11-02T12:00:00 planned");
});

test("who has no methods is told by none", () => {
  assert.deepEqual(planned({ ...preferences, methods: [] }, "critical", "2026-11-02T12:00Z"), []);
});

test("preferences are checked", () => {
  checkContacts(preferences);
  const f = (given: Partial<ContactPreferences>, want: string) =>
    assert.throws(() => checkContacts({ ...preferences, ...given }), {
      code: "invalid_argument",
      message: `cannot keep contact methods: ${want}`,
    });
  f({ timeZone: "x" }, 'time_zone: got "x", want an IANA time zone such as "Europe/Berlin"');
  f({ methods: [{ ...method, receiver: "" }] }, "methods[0].receiver: got nothing, want a name of 1 to 128 characters");
  f(
    { methods: [{ ...method, address: "a\nb" }] },
    'methods[0].address: got "a\\nb", want at most 512 characters, none of control',
  );
  f({ methods: [method, { ...method, delayMs: -1000 }] }, "methods[1].delay_seconds: got -1, want 0 to 86400");
  f(
    { quietHours: [{ kind: "day", weekdays: [], from: "22", to: "07:00" }] },
    'quiet_hours[0].from: got "22", want 00:00 to 23:59',
  );
});
