import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert } from "../../api/alert-types.ts";
import { lastingOf, sinceOf } from "./alert-times.ts";

const alert: Alert = {
  alertId: "a",
  ruleId: "r",
  ruleName: "CPU",
  ruleFile: "",
  ruleGroup: "",
  fingerprint: "",
  state: "firing",
  severity: "error",
  labels: {},
  annotations: {},
  summary: "",
  value: 1,
  pendingSince: "2026-11-21T00:00:00Z",
  firedAt: "2026-11-21T00:05:00Z",
  acknowledgedAt: null,
  acknowledgedBy: "",
  resolvedAt: null,
  resolvedBy: "",
  care: {
    acknowledgedBy: "",
    acknowledgedAt: null,
    snoozedBy: "",
    snoozedUntil: null,
    note: "",
    assignee: "",
  },
};

test("since is when the present state began", () => {
  const cases: [Partial<Alert>, string][] = [
    [{}, "2026-11-21T00:05:00Z"],
    [{ state: "pending", firedAt: null }, "2026-11-21T00:00:00Z"],
    [{ state: "resolved", resolvedAt: "2026-11-21T00:35:00Z" }, "2026-11-21T00:35:00Z"],
    [{ state: "acknowledged" }, "2026-11-21T00:05:00Z"],
  ];
  for (const [changes, want] of cases) assert.equal(sinceOf({ ...alert, ...changes }), want);
});

test("lasting ends with the alert", () => {
  const now = Date.parse("2026-11-21T02:05:00Z");
  assert.equal(lastingOf(alert, now), "2 h");
  assert.equal(lastingOf({ ...alert, resolvedAt: "2026-11-21T00:35:00Z" }, now), "30 min");
  assert.equal(lastingOf({ ...alert, firedAt: null }, now), "");
});
