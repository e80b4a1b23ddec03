import assert from "node:assert/strict";
import { test } from "node:test";
import { createMatcher } from "@sightline/alertmanager/matcher/matcher";
import type { SilenceInForce } from "../sources/silences.ts";
import { after, firedAlert, head, noEvents, rangeMs } from "../testing/facts.ts";
import { makeOperationalReport, type OperationalFacts } from "./report.ts";

const facts: OperationalFacts = {
  head,
  rangeMs,
  nowMs: rangeMs.end + 5000,
  events: noEvents,
  alerts: [],
  incidents: [],
  escalations: [],
  deployments: { total: 0, by_target: [], newest: [] },
  objectives: [],
  silences: [],
  missing: [],
};

const day = 86_400;

test("rules are ranked by how often they fired, with how long within the range", () => {
  const { alerts } = makeOperationalReport({
    ...facts,
    alerts: [
      firedAlert({ rule: "quiet", firedAfterS: 100, resolvedAfterS: 400 }),
      firedAlert({ rule: "noisy", firedAfterS: 100, resolvedAfterS: 160 }),
      firedAlert({ rule: "noisy", firedAfterS: day - 30 }),
      firedAlert({ rule: "old", firedAfterS: -50, resolvedAfterS: 50 }),
    ],
  });
  assert.deepEqual(alerts.noisiest_rules, [
    { rule: "noisy", alerts: 2, firing_seconds: 90 },
    { rule: "quiet", alerts: 1, firing_seconds: 300 },
  ]);
  assert.equal(alerts.fired, 3, "one fired before the range");
  assert.deepEqual(alerts.time_to_resolve, { count: 3, mean_seconds: 153.3, longest_seconds: 300 });
});

test("incidents count in the range in which they were opened", () => {
  const incident = { number: 1, title: "down", severity: "critical", state: "resolved", owner: "ada", alerts: 2 };
  const { incidents } = makeOperationalReport({
    ...facts,
    incidents: [
      { ...incident, openedMs: after(10), resolvedMs: after(70) },
      { ...incident, number: 2, state: "open", openedMs: after(20), resolvedMs: undefined },
      { ...incident, number: 3, openedMs: after(-1), resolvedMs: after(5) },
    ],
  });
  assert.equal(incidents.opened, 2);
  assert.deepEqual(incidents.by_severity, [{ value: "critical", count: 2 }]);
  assert.deepEqual(incidents.time_to_resolve, { count: 1, mean_seconds: 60, longest_seconds: 60 });
  assert.deepEqual(
    incidents.list.map(({ number, resolved_at }) => [number, resolved_at]),
    [
      [1, "2026-11-20T00:01:10.000000000Z"],
      [2, null],
    ],
  );
});

test("people are told with how often at night; an escalation that told no user counts for nobody", () => {
  const hour = 3600;
  const { pages } = makeOperationalReport({
    ...facts,
    escalations: [
      { begunMs: after(6 * hour - 1), users: ["ada", "bob"] },
      { begunMs: after(6 * hour), users: ["ada"] },
      { begunMs: after(22 * hour), users: ["ada"] },
      { begunMs: after(22 * hour), users: [] },
    ],
  });
  assert.deepEqual(pages, {
    escalations: 3,
    at_night: 2,
    by_person: [
      { person: "ada", escalations: 3, at_night: 2 },
      { person: "bob", escalations: 1, at_night: 1 },
    ],
  });
});

test("a silence hid the alerts that it matches and that fired while it was in force", () => {
  const silence = (id: string, value: string, startS: number, endS: number): SilenceInForce => {
    const operator = value.includes("|") ? "=~" : "=";
    return {
      id,
      matchers: [createMatcher({ name: "alertname", operator, value })],
      text: `alertname${operator}"${value}"`,
      author: "ada",
      reason: "works",
      startMs: after(startS),
      endMs: after(endS),
      updatedMs: after(startS),
    };
  };
  const { silences, headline } = makeOperationalReport({
    ...facts,
    alerts: [
      firedAlert({ rule: "HighCpu", firedAfterS: 100, resolvedAfterS: 200 }),
      firedAlert({ rule: "HighCpu", firedAfterS: 500 }),
      firedAlert({ rule: "DiskFull", firedAfterS: 150, resolvedAfterS: 151 }),
    ],
    silences: [
      silence("before", "HighCpu", -100, 100),
      silence("both", "HighCpu|DiskFull", 120, 300),
      silence("ends", "HighCpu", 199, 200),
    ],
  });
  assert.deepEqual(
    silences.list.map(({ silence_id, hidden_alerts }) => [silence_id, hidden_alerts]),
    [
      ["both", 2],
      ["ends", 1],
      ["before", 0],
    ],
  );
  assert.deepEqual(silences.list[0]?.hidden_rules, [
    { value: "DiskFull", count: 1 },
    { value: "HighCpu", count: 1 },
  ]);
  assert.equal(silences.hidden_alerts, 2, "what two silences hid is counted once");
  assert.match(headline, /2 alerts hidden by silences$/);
});
