import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";

test("answers once the condition holds", async () => {
  let calls = 0;
  const value = await eventually(() => {
    calls++;
    if (calls === 1) throw new Error("not yet");
    return calls > 2 && "done";
  });
  assert.equal(value, "done");
  assert.equal(calls, 3);
});

test("throws the last error when time runs out", async () => {
  const failing = eventually(() => assert.equal(1, 2), { timeoutMs: 30, intervalMs: 5 });
  await assert.rejects(failing, { name: "AssertionError" });
});

test("says so when the condition stays false", async () => {
  await assert.rejects(
    eventually(() => false, { timeoutMs: 30, intervalMs: 5 }),
    /condition not met within 30 ms/,
  );
});
