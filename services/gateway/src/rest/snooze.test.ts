import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { snoozeFields, snoozeTime } from "./snooze.ts";

const nowMs = Date.UTC(2026, 10, 2);
const form = z.strictObject(snoozeFields);
const read = (sent: unknown) => snoozeTime(form.parse(sent), nowMs);

test("how long is handed on as it is: whoever ends it counts by a clock of its own", () => {
  assert.deepEqual(read({ forSeconds: 1800 }), { untilUnixMs: BigInt(nowMs + 1_800_000), forMs: 1_800_000n });
  assert.deepEqual(read({ until: "2026-11-03T00:00:00Z" }), { untilUnixMs: BigInt(nowMs + 86_400_000) });
});

test("neither and both are refused", () => {
  for (const sent of [{}, { forSeconds: 1, until: "2026-11-03T00:00:00Z" }]) {
    assert.throws(() => read(sent), { code: "invalid_argument", message: /want either until or forSeconds/ });
  }
  assert.throws(() => read({ forSeconds: 1e12 }));
});
