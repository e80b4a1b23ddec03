import assert from "node:assert/strict";
import { test } from "node:test";
import { firedAlert, head, noEvents, rangeMs } from "../testing/facts.ts";
import { makeSecurityReport, type SecurityFacts } from "./report.ts";

const facts: SecurityFacts = {
  head,
  rangeMs,
  events: noEvents,
  newest: [],
  authentication: { total: 0, read: [] },
  denied: { total: 0, read: [] },
  alerts: [],
  missing: [],
};

test("who failed to log in is told by address and user, the most frequent first; what events do not say is in neither", () => {
  const { authentication_failures: failures, headline } = makeSecurityReport({
    ...facts,
    authentication: {
      total: 40,
      read: [
        { address: "192.0.2.1", user: "ada" },
        { address: "192.0.2.9", user: "" },
        { address: "192.0.2.9", user: "bob" },
        { address: "", user: "bob" },
      ],
    },
  });
  assert.equal(failures.total, 40, "as storage counted, not as many as were read");
  assert.deepEqual(failures.by_address, [
    { value: "192.0.2.9", count: 2 },
    { value: "192.0.2.1", count: 1 },
  ]);
  assert.deepEqual(failures.by_user, [
    { value: "bob", count: 2 },
    { value: "ada", count: 1 },
  ]);
  assert.equal(headline, "0 security events, 40 authentication failures, 0 security alerts");
});

test("alerts of the security pack and those labelled so are security alerts, with how fast they were answered", () => {
  const { alerts } = makeSecurityReport({
    ...facts,
    alerts: [
      firedAlert({ rule: "BruteForce", ruleFile: "pack:security", firedAfterS: 10, acknowledgedAfterS: 40 }),
      firedAlert({ rule: "Mine", labels: { category: "security" }, firedAfterS: 20, resolvedAfterS: 80 }),
      firedAlert({ rule: "HighCpu", firedAfterS: 30, acknowledgedAfterS: 31 }),
    ],
  });
  assert.deepEqual(
    alerts.list.map(({ rule }) => rule),
    ["Mine", "BruteForce"],
  );
  assert.deepEqual(alerts.time_to_acknowledge, { count: 1, mean_seconds: 30, longest_seconds: 30 });
  assert.deepEqual(alerts.time_to_resolve, { count: 1, mean_seconds: 60, longest_seconds: 60 });
});

test("what had fired before the range and went on is listed, and did not fire in it", () => {
  const { alerts, headline } = makeSecurityReport({
    ...facts,
    alerts: [
      firedAlert({ rule: "Before", ruleFile: "pack:security", firedAfterS: -60 }),
      firedAlert({ rule: "Within", ruleFile: "pack:security", firedAfterS: 60 }),
    ],
  });
  assert.equal(alerts.fired, 1);
  assert.match(headline, /1 security alert$/);
  assert.deepEqual(
    alerts.list.map(({ rule }) => rule),
    ["Within", "Before"],
  );
});

test("where nobody answered, times are not known rather than 0", () => {
  const { alerts } = makeSecurityReport({ ...facts, alerts: [firedAlert({ ruleFile: "pack:security" })] });
  assert.deepEqual(alerts.time_to_acknowledge, { count: 0, mean_seconds: null, longest_seconds: null });
  assert.equal(alerts.list[0]?.acknowledged_at, null);
});
