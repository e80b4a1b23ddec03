import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptContacts, KeptEscalationPolicy, KeptSchedule } from "@sightline/proto/sightline/alert/v1/oncall_service";
import {
  contactsFromJson,
  contactsInput,
  contactsToJson,
  policyFromJson,
  policyInput,
  policyToJson,
} from "./escalation.ts";
import {
  overrideFromJson,
  overrideInput,
  overrideToJson,
  scheduleFromJson,
  scheduleInput,
  scheduleToJson,
} from "./oncall.ts";

const windows = [
  { kind: "day", weekdays: ["monday", "sunday"], from: "22:00", to: "06:00" },
  { kind: "week", fromWeekday: "friday", from: "17:00", toWeekday: "monday", to: "09:00" },
] as const;

test("a schedule comes back as it was sent", () => {
  const sent = {
    description: "who pays",
    timeZone: "Europe/Berlin",
    layers: [
      {
        name: "first",
        participants: ["ann", "bob"],
        rotation: { every: 2, unit: "week", handoverTime: "09:00", handoverWeekday: "tuesday" },
        restrictions: windows,
        start: "2026-11-02T08:00:00.000000000Z",
        end: null,
      },
      {
        name: "second",
        participants: ["eve"],
        rotation: { every: 12, unit: "hour", handoverTime: "08:00", handoverWeekday: null },
        restrictions: [],
        start: "2026-11-02T08:00:00.000000000Z",
        end: "2027-11-02T08:00:00.000000000Z",
      },
    ],
  };
  const schedule = scheduleFromJson("payments", scheduleInput.parse(sent));
  const wire = KeptSchedule.decode(KeptSchedule.encode({ schedule, revision: undefined, overrides: [] }).finish());
  assert.deepEqual(scheduleToJson(wire), {
    ...sent,
    name: "payments",
    overrides: [],
    revision: 0,
    changed: null,
    changedBy: "",
  });
});

test("an override comes back as it was sent", () => {
  const sent = { user: "eve", start: "2026-11-02T09:00:00+01:00", end: "2026-11-03T00:00:00Z", note: "" };
  assert.deepEqual(overrideToJson(overrideFromJson("", overrideInput.parse(sent))), {
    ...sent,
    start: "2026-11-02T08:00:00.000000000Z",
    end: "2026-11-03T00:00:00.000000000Z",
    overrideId: "",
    createdBy: "",
    created: null,
  });
  const unreadable = overrideInput.safeParse({ ...sent, start: "2026-11-02" });
  assert.equal(unreadable.error?.issues[0]?.message, "want RFC 3339 with a zone");
});

test("a policy and contact methods come back as they were sent", () => {
  const sent = {
    description: "",
    steps: [
      {
        delaySeconds: 0,
        targets: [
          { kind: "user", user: "ann" },
          { kind: "schedule", schedule: "payments" },
          { kind: "receiver", receiver: "#incidents" },
        ],
        severities: ["error", "critical"],
        times: { timeZone: "UTC", windows, outside: true },
      },
      { delaySeconds: 300, targets: [{ kind: "user", user: "bob" }], severities: [], times: null },
    ],
    repeat: 2,
    repeatAfterSeconds: 600,
  };
  const unknown = { revision: 0, changed: null, changedBy: "" };
  const policy = policyFromJson("default", policyInput.parse(sent));
  const policyWire = KeptEscalationPolicy.encode({ policy, revision: undefined }).finish();
  assert.deepEqual(policyToJson(KeptEscalationPolicy.decode(policyWire)), { ...sent, name: "default", ...unknown });

  const methods = [{ receiver: "mail", address: "ann@example.com", delaySeconds: 60, severities: ["critical"] }];
  const own = { timeZone: "Europe/Berlin", methods, quietHours: windows };
  const contacts = contactsFromJson("ann", contactsInput.parse(own));
  const contactsWire = KeptContacts.encode({ contacts, revision: undefined }).finish();
  assert.deepEqual(contactsToJson(KeptContacts.decode(contactsWire)), { ...own, user: "ann", ...unknown });
});
