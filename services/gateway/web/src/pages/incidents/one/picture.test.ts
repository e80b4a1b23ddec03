import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { IncidentAlert, IncidentDetail, IncidentEntry } from "../../../api/incidents.ts";
import { foldedEntries, pictureOf, wordsOf } from "./picture.ts";

const day = Date.UTC(2026, 10, 21);
const at = (clock: string) => `2026-11-21T${clock}:00.000Z`;
const minutes = (ms: number) => Math.round((ms - day) / 60_000);

function alertOf(fields: Partial<IncidentAlert>): IncidentAlert {
  const known = { fingerprint: "a", labels: { alertname: "A" }, summary: "", severity: "error", reason: "" } as const;
  return { ...known, starts: at("10:00"), ended: null, joined: at("10:01"), ...fields };
}

function entryOf(time: string, kind: string, fields: Partial<IncidentEntry> = {}): IncidentEntry {
  return { time: at(time), kind, actor: "", text: "", fingerprint: "", eventId: "", ...fields };
}

function detailOf(fields: Partial<IncidentDetail> & { resolved?: string }): IncidentDetail {
  const incident: IncidentDetail["incident"] = {
    incidentId: "i",
    number: 1,
    title: "",
    owner: "",
    state: fields.resolved === undefined ? "open" : "resolved",
    severity: "error",
    opened: at("10:01"),
    quietSince: null,
    resolved: fields.resolved ?? null,
    resolvedBy: "",
    mergedInto: "",
    alerts: 1,
    firing: 1,
    services: [],
  };
  return { incident, alerts: [alertOf({})], entries: [], withoutDeployments: "", ...fields };
}

describe("the picture of an incident", () => {
  const nowMs = Date.parse(at("11:00"));
  const spells = (detail: IncidentDetail) =>
    pictureOf(detail, nowMs).bars.map(({ spells: all }) =>
      all.map(({ startMs, endMs, lasts }) => [minutes(startMs), minutes(endMs), lasts]),
    );

  test("an alert is a bar from when it began, until it ended or now", () => {
    assert.deepEqual(spells(detailOf({})), [[[600, 660, true]]]);
    const over = detailOf({
      alerts: [alertOf({ ended: at("10:20") })],
      entries: [entryOf("10:01", "opened", { fingerprint: "a" }), entryOf("10:20", "ended", { fingerprint: "a" })],
    });
    assert.deepEqual(spells(over), [[[600, 620, false]]]);
  });

  test("one that ended and fired again is a bar for each time", () => {
    const alerts = [alertOf({ starts: at("10:30") })];
    const entries = [
      entryOf("10:01", "opened", { fingerprint: "a" }),
      entryOf("10:10", "ended", { fingerprint: "a" }),
      entryOf("10:30", "fires_again", { fingerprint: "a" }),
    ];
    assert.deepEqual(spells(detailOf({ alerts, entries })), [
      [
        [601, 610, false],
        [630, 660, true],
      ],
    ]);
  });

  test("what still fires in an incident that was closed is drawn until then", () => {
    assert.deepEqual(spells(detailOf({ resolved: at("10:40") })), [[[600, 640, true]]]);
  });

  test("a deployment before the first alert is on the axis; what is at one moment is one mark", () => {
    const entries = [
      entryOf("09:30", "deployed", { text: "v42" }),
      entryOf("10:05", "notified", { actor: "payments" }),
      entryOf("10:05", "notified", { actor: "mail" }),
      entryOf("10:40", "note", { actor: "ann" }),
    ];
    const { startMs, endMs, lanes } = pictureOf(detailOf({ entries }), nowMs);
    assert.ok(startMs < Date.parse(at("09:30")) && endMs > nowMs);
    assert.deepEqual(
      lanes.map(({ name, marks }) => [name, marks.map((mark) => mark.entries.length)]),
      [
        ["Deployed", [1]],
        ["Told", [2]],
        ["People", [1]],
      ],
    );
  });
});

test("an entry says who did it", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["notified", "payments", "was told of A", "payments was told of A"],
    ["note", "ann", "rolled back", "ann: rolled back"],
    ["deployed", "github", "v42", "v42, says github"],
    ["mitigated", "", "none fires", "none fires"],
  ];
  for (const [kind, actor, text, want] of cases) assert.equal(wordsOf(entryOf("10:00", kind, { actor, text })), want);
});

test("who is told again is in the text once, notes always", () => {
  const told = { actor: "mail", text: "was told of A" };
  const entries = [
    entryOf("10:00", "notified", told),
    entryOf("10:05", "note", { actor: "ann", text: "try 1" }),
    entryOf("10:06", "note", { actor: "ann", text: "try 2" }),
    entryOf("10:10", "notified", told),
  ];
  assert.deepEqual(
    foldedEntries(entries).map(({ item, more }) => [item.kind, more]),
    [
      ["notified", 1],
      ["note", 0],
      ["note", 0],
    ],
  );
});
