import assert from "node:assert/strict";
import { test } from "node:test";
import { retentionSeconds } from "./retention-seconds.ts";

const cases = [
  {
    name: "days",
    engine: "MergeTree ORDER BY a TTL toDateTime(t) + toIntervalDay(90) SETTINGS x = 1",
    want: 7_776_000,
  },
  { name: "a bound number", engine: "MergeTree ORDER BY a TTL t + toIntervalDay(_CAST(7, 'UInt32'))", want: 604_800 },
  { name: "seconds", engine: "MergeTree ORDER BY a TTL t + toIntervalSecond(30)", want: 30 },
  { name: "weeks", engine: "MergeTree TTL t + toIntervalWeek(1)", want: 604_800 },
  { name: "none", engine: "MergeTree ORDER BY a SETTINGS ttl_only_drop_parts = 1", want: 0 },
];
for (const { name, engine, want } of cases) {
  test(`a retention is read: ${name}`, () => assert.equal(retentionSeconds(engine), want));
}
