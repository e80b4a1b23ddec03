import assert from "node:assert/strict";
import { test } from "node:test";
import { silenceRequestOf } from "./silences.ts";

const nowMs = Date.parse("2026-11-22T00:00:00Z");
const whose = { silenceId: "", createdBy: "ann" };
const input = {
  matchers: [{ name: "alertname", value: "Down", isRegex: false, isEqual: true }],
  reason: "we know",
};

test("a silence that lasts so long has an end for alerters that know no other, and leaves its start to the alerter", () => {
  const { silence, lastsMs } = silenceRequestOf({ ...input, forSeconds: 60 }, whose, nowMs);
  assert.deepEqual([silence?.startsAtUnixMs, silence?.endsAtUnixMs, lastsMs], [0n, BigInt(nowMs + 60_000), 60_000n]);
  const later = silenceRequestOf({ ...input, start: "2026-11-23T00:00:00Z", forSeconds: 60 }, whose, nowMs);
  assert.equal(later.silence?.endsAtUnixMs, BigInt(Date.parse("2026-11-23T00:01:00Z")));
  const until = silenceRequestOf({ ...input, end: "2026-11-23T00:00:00Z" }, whose, nowMs);
  assert.deepEqual([until.silence?.endsAtUnixMs, until.lastsMs], [BigInt(nowMs + 86_400_000), undefined]);
  assert.throws(() => silenceRequestOf(input, whose, nowMs), { code: "invalid_argument" });
});
