import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertGroup, GroupedAlert } from "../../../api/alert-group-types.ts";
import type { Care } from "../../../api/care.ts";
import { headlineOf, keyOfLine, linesOf, ownLabels } from "./group-rows.ts";

const care: Care = {
  acknowledgedBy: "",
  acknowledgedAt: null,
  snoozedBy: "",
  snoozedUntil: null,
  note: "",
  assignee: "",
};

function alertOf(fingerprint: string, annotations: Record<string, string> = {}): GroupedAlert {
  return {
    fingerprint,
    labels: { alertname: "Down", severity: "critical", instance: fingerprint },
    annotations,
    startsAt: "2026-11-21T00:00:00Z",
    updatedAt: "2026-11-21T00:00:00Z",
    generatorUrl: "",
    state: "firing",
    silencedBy: [],
    inhibitedBy: [],
    maintenanceBy: [],
    mutedBy: [],
    care,
  };
}

function groupOf(receiver: string, firing: number, alerts: GroupedAlert[]): AlertGroup {
  return {
    groupId: "g",
    groupKey: '{}:{alertname="Down"}',
    receiver,
    labels: { alertname: "Down" },
    mutedBy: [],
    due: "2026-11-21T00:00:00Z",
    firing,
    acknowledged: 0,
    suppressed: 0,
    severity: "critical",
    newest: "2026-11-21T00:00:00Z",
    care,
    alerts,
  };
}

test("a group is its head, its first alerts, and how many more there are", () => {
  const lines = linesOf([groupOf("ops", 7, [alertOf("a"), alertOf("b")]), groupOf("db", 1, [alertOf("a")])]);
  assert.deepEqual(
    lines.map((line) => (line.t === "more" ? `${line.count} more` : line.t)),
    ["group", "alert", "alert", "5 more", "group", "alert"],
  );
  assert.equal(new Set(lines.map(keyOfLine)).size, lines.length, "each line has a key of its own");
});

test("an alert is told by its summary, and by the labels that the others have not", () => {
  assert.equal(headlineOf(alertOf("a", { summary: "The shop is down" })), "The shop is down");
  assert.equal(headlineOf(alertOf("a")), "Down");
  assert.deepEqual(ownLabels(alertOf("a"), groupOf("ops", 1, [])), { instance: "a" });
});
