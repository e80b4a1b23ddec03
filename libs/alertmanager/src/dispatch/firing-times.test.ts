import assert from "node:assert/strict";
import { test } from "node:test";
import { RECEIVED_REASONS } from "./decision.ts";
import { type FiringRecord, firingTimes } from "./firing-times.ts";

const within = { startMs: 0, endMs: 100 };
const received = (atMs: number, change: keyof typeof RECEIVED_REASONS): FiringRecord => ({
  atMs,
  step: "received",
  reason: RECEIVED_REASONS[change],
  fingerprints: ["a"],
});
const resolved = (atMs: number): FiringRecord => ({
  atMs,
  step: "resolved",
  reason: "nobody sent it again in time",
  fingerprints: ["a"],
});
const cases: readonly { name: string; records: readonly FiringRecord[]; want: readonly [number, number][] }[] = [
  { name: "it still fires", records: [received(10, "new")], want: [[10, 100]] },
  { name: "its sender ended it", records: [received(10, "new"), received(20, "resolved")], want: [[10, 20]] },
  {
    name: "the end is told twice",
    records: [received(10, "new"), received(20, "resolved"), resolved(25)],
    want: [[10, 20]],
  },
  { name: "nobody sent it again", records: [received(10, "new"), resolved(30)], want: [[10, 30]] },
  { name: "it began before", records: [resolved(30)], want: [[0, 30]] },
  {
    name: "it fires again",
    records: [received(10, "new"), received(20, "resolved"), received(40, "fires again")],
    want: [
      [10, 20],
      [40, 100],
    ],
  },
  {
    name: "it was over when it came in, each time",
    records: [received(20, "over already"), resolved(25), received(40, "over already"), resolved(45)],
    want: [],
  },
  {
    name: "it was over when it came in, and then fires",
    records: [received(20, "over already"), resolved(25), received(40, "new"), resolved(50)],
    want: [[40, 50]],
  },
  {
    name: "what is told of it meanwhile changes nothing",
    records: [received(10, "new"), { ...resolved(15), step: "delivered" }, received(20, "resolved")],
    want: [[10, 20]],
  },
];

for (const { name, records, want } of cases) {
  test(`when an alert fired: ${name}`, () => {
    const times = firingTimes(records, within).get("a") ?? [];
    assert.deepEqual(
      times.map(({ startMs, endMs }) => [startMs, endMs]),
      want,
    );
  });
}
