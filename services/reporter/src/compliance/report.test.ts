import assert from "node:assert/strict";
import { test } from "node:test";
import { after, head, noEvents, rangeMs } from "../testing/facts.ts";
import { type ComplianceFacts, makeComplianceReport } from "./report.ts";

const facts: ComplianceFacts = {
  head,
  rangeMs,
  changes: [],
  auditEvents: { ...noEvents, newest: [] },
  retention: [],
  silences: [],
  windows: [],
  coverage: [],
  missing: [],
};

test("the changes of the range are told newest first, with who made them", () => {
  const change = (seconds: number, author: string) => ({
    timeMs: after(seconds),
    author,
    what: "rule file",
    name: "a.yml",
    version: "3",
  });
  const { changes } = makeComplianceReport({
    ...facts,
    changes: [change(-1, "before"), change(0, "ada"), change(60, "bob"), change(86_400, "later")],
  });
  assert.equal(changes.total, 2);
  assert.deepEqual(changes.list, [
    { time: "2026-11-20T00:01:00.000000000Z", author: "bob", what: "rule file", name: "a.yml", version: "3" },
    { time: "2026-11-20T00:00:00.000000000Z", author: "ada", what: "rule file", name: "a.yml", version: "3" },
  ]);
});

test("a schedule with the shortest gap is not said to be covered wholly, and gaps end with the range", () => {
  const { on_call, headline } = makeComplianceReport({
    ...facts,
    coverage: [
      { schedule: "whole", gaps: [] },
      { schedule: "short", gaps: [{ startMs: after(10), endMs: after(11) }] },
      { schedule: "half", gaps: [{ startMs: after(43_200), endMs: after(200_000) }] },
      { schedule: "outside", gaps: [{ startMs: after(-10), endMs: after(0) }] },
    ],
  });
  assert.deepEqual(
    on_call.map(({ schedule, covered_percent, uncovered_seconds }) => [schedule, covered_percent, uncovered_seconds]),
    [
      ["whole", 100, 0],
      ["short", 99.9, 1],
      ["half", 50, 43_200],
      ["outside", 100, 0],
    ],
  );
  assert.deepEqual(on_call[2]?.gaps, [
    { start: "2026-11-20T12:00:00.000000000Z", end: "2026-11-21T00:00:00.000000000Z" },
  ]);
  assert.match(headline, /2 schedules with gaps$/);
});

test("retention that is not applied is in the headline, and what nothing can tell is said", () => {
  const kept = { kind: "logs", days: 30, applied_days: 90, reason: "", rows: 1, bytes_on_disk: 1, oldest: null };
  const pending = makeComplianceReport({ ...facts, retention: [{ ...kept, state: "pending" }] });
  assert.match(pending.headline, /retention not applied to 1 kind,/);
  const applied = makeComplianceReport({ ...facts, retention: [{ ...kept, state: "applied" }] });
  assert.match(applied.headline, /retention applied,/);
  assert.ok(applied.not_known.some((text) => text.startsWith("backups:")));
});
