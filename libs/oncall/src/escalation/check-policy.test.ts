import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPolicy } from "./check-policy.ts";
import type { EscalationPolicy, EscalationStep } from "./policy.ts";

const step: EscalationStep = { delayMs: 0, targets: [{ kind: "user", user: "ann" }], severities: [], times: undefined };
const policy: EscalationPolicy = { name: "payments", steps: [step], repeat: 2, repeatAfterMs: 600_000 };

test("a policy that could be meant is taken", () => {
  checkPolicy(policy);
  const windows = [{ kind: "week", fromWeekday: "friday", from: "17:00", toWeekday: "monday", to: "09:00" }] as const;
  const times = { timeZone: "UTC", windows, inside: false };
  checkPolicy({ ...policy, steps: [step, { ...step, delayMs: 60_000, severities: ["critical", "error"], times }] });
});

test("one that could not is refused with the place", () => {
  const f = (given: Partial<EscalationPolicy>, want: string) =>
    assert.throws(() => checkPolicy({ ...policy, ...given }), {
      code: "invalid_argument",
      message: `cannot keep escalation policy: ${want}`,
    });
  const ofStep = (given: Partial<EscalationStep>, want: string) =>
    f({ steps: [step, { ...step, ...given }] }, `steps[1].${want}`);
  f({ name: "" }, "name: got nothing, want a name of 1 to 128 characters");
  f({ steps: [] }, "steps: got 0, want 1 to 20");
  f({ repeat: -1 }, "repeat: got -1, want 0 to 9");
  f({ repeatAfterMs: 0 }, "repeat_after_seconds: got 0, want 60 to 604800");
  ofStep({ delayMs: 1500 }, "delay_seconds: got 1.5, want 0 to 604800");
  ofStep({ targets: [] }, "targets: got 0, want 1 to 20");
  ofStep(
    { targets: [{ kind: "receiver", receiver: "" }] },
    "targets[0]: got nothing, want a name of 1 to 128 characters",
  );
  ofStep({ severities: ["info", "info"] }, "severities: got info, info, want each severity at most once");
  ofStep(
    { times: { timeZone: "nowhere", windows: [], inside: true } },
    'times.time_zone: got "nowhere", want an IANA time zone such as "Europe/Berlin"',
  );
  ofStep({ times: { timeZone: "UTC", windows: [], inside: true } }, "times.windows: got none, want at least one");
  ofStep(
    { times: { timeZone: "UTC", windows: [{ kind: "day", weekdays: [], from: "x", to: "10:00" }], inside: true } },
    'times.windows[0].from: got "x", want 00:00 to 23:59',
  );
});
