import assert from "node:assert/strict";
import { test } from "node:test";
import { compareAlerts, type KeptAlert, keptAlert, mergeAlerts, orderedLabels } from "./kept-alert.ts";

const nowMs = 1_000_000_000;
const minute = 60_000;

/** [start, end, updated] in minutes from now, and whether the end is only a timeout. */
type Times = readonly [number, number, number, "timeout"?];

function alert([start, end, updated, timeout]: Times): KeptAlert {
  return {
    fingerprint: "0000000000000001",
    labels: { alertname: "a" },
    annotations: {},
    startsAtMs: nowMs + start * minute,
    endsAtMs: nowMs + end * minute,
    generatorUrl: "",
    updatedAtMs: nowMs + updated * minute,
    timeout: timeout === "timeout",
  };
}

// alert/alert_test.go, TestAlertMerge.
const merges: readonly { name: string; older: Times; newer: Times; want: Times }[] = [
  {
    name: "two timeouts: the newer end",
    older: [-2, 2, 0, "timeout"],
    newer: [-1, 3, 1, "timeout"],
    want: [-2, 3, 1, "timeout"],
  },
  { name: "a timeout gives way to an end", older: [-1, 3, 0, "timeout"], newer: [0, 2, 1], want: [-1, 2, 1] },
  { name: "an end outlives a timeout", older: [-1, 3, 0], newer: [0, 2, 1, "timeout"], want: [-1, 3, 1, "timeout"] },
  { name: "of two ends ahead the later, the older", older: [-1, 3, 0], newer: [0, 2, 1], want: [-1, 3, 1] },
  { name: "of two ends ahead the later, the newer", older: [-1, 3, 0], newer: [-1, 4, 1], want: [-1, 4, 1] },
  { name: "resolved, and fires again", older: [-3, -1, 0], newer: [-2, 1, 1], want: [-3, 1, 1] },
  { name: "fires, and is resolved", older: [-2, 3, 0], newer: [-2, 0, 1], want: [-2, 0, 1] },
  { name: "resolved twice: the later end", older: [-3, -1, -1], newer: [-4, -2, 1], want: [-4, -1, 1] },
];

for (const { name, older, newer, want } of merges) {
  test(`merge: ${name}`, () => {
    assert.deepEqual(mergeAlerts(alert(older), alert(newer), nowMs), alert(want));
    assert.deepEqual(mergeAlerts(alert(newer), alert(older), nowMs), alert(want));
  });
}

test("what an alert does not say gets its default", () => {
  const taken = keptAlert({ labels: { alertname: "a", empty: "" } }, nowMs, 5 * minute);
  assert.ok(typeof taken !== "string");
  assert.deepEqual(taken.labels, { alertname: "a" });
  assert.deepEqual([taken.startsAtMs, taken.endsAtMs, taken.timeout], [nowMs, nowMs + 5 * minute, true]);

  const ended = keptAlert({ labels: { alertname: "a" }, endsAtMs: 7 }, nowMs, 5 * minute);
  assert.ok(typeof ended !== "string");
  assert.deepEqual([ended.startsAtMs, ended.endsAtMs, ended.timeout], [7, 7, false]);
});

test("an alert that is wrong says what is", () => {
  const refusals: readonly [Parameters<typeof keptAlert>[0], RegExp][] = [
    [{ labels: { alertname: "a" }, startsAtMs: 9, endsAtMs: 7 }, /^got an end 2 ms before its start/],
    [{ labels: {} }, /^got no labels/],
    [{ labels: { a: "" } }, /^got no labels/],
    [{ labels: { "": "x" } }, /empty name of a label/],
    [{ labels: { a: "\ud800" } }, /value of the label "a" that is not UTF-8/],
    [{ labels: { a: "x" }, annotations: { b: "\ud800" } }, /value of the annotation "b"/],
  ];
  for (const [posted, want] of refusals) {
    const taken = keptAlert(posted, nowMs, minute);
    assert.ok(typeof taken === "string");
    assert.match(taken, want);
  }
});

// alert/alert_test.go, TestAlertSliceSort.
test("alerts are ordered by job, instance and their labels", () => {
  const a1 = orderedLabels({ job: "j1", instance: "i1", alertname: "an1" });
  const a2 = orderedLabels({ job: "j1", instance: "i1", alertname: "an2" });
  const a3 = orderedLabels({ job: "j2", instance: "i1", alertname: "an1" });
  const a4 = orderedLabels({ alertname: "an1" });
  const a5 = orderedLabels({ alertname: "an2" });
  const wider = orderedLabels({ alertname: "an1", zone: "z" });
  for (const [got, want] of [
    [
      [a2, a1],
      [a1, a2],
    ],
    [
      [a3, a2, a1],
      [a1, a2, a3],
    ],
    [
      [a4, a2, a4],
      [a2, a4, a4],
    ],
    [
      [a5, a4],
      [a4, a5],
    ],
    [
      [wider, a5],
      [a5, wider],
    ],
  ] as const) {
    assert.deepEqual([...got].sort(compareAlerts), want);
  }
});

test("where names of labels differ, the set that lacks the smaller one comes first", () => {
  const withA = orderedLabels({ a: "9", c: "1" });
  const withB = orderedLabels({ b: "1", c: "1" });
  assert.deepEqual([withA, withB].sort(compareAlerts), [withB, withA]);
});
