import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createSourceRate, SOURCE_RATES } from "./source-rate.ts";

test("a source that sends too much is told how long to wait, and others are not", () => {
  let nowMs = 0;
  const count = createSourceRate(() => nowMs, SOURCE_RATES.requests);
  for (let sent = 0; sent < 200; sent++) count("a");
  const isTooMuch = (error: unknown) =>
    error instanceof AppError && error.code === "resource_exhausted" && error.retryAfterMs === 50;
  assert.throws(() => count("a"), isTooMuch);
  count("b");
  nowMs = 50;
  count("a");
  assert.throws(() => count("a"), isTooMuch);
});

test("what requests mean counts by how much it is, and what is refused does not count", () => {
  let nowMs = 0;
  const count = createSourceRate(() => nowMs, SOURCE_RATES.records);
  for (let sent = 0; sent < 5; sent++) count("a", 2000);
  const waits = (ms: number) => (error: unknown) => error instanceof AppError && error.retryAfterMs === ms;
  for (let again = 0; again < 3; again++) assert.throws(() => count("a", 1000), waits(2000));
  nowMs = 2000;
  count("a", 1000);
  assert.throws(() => count("a", 1), waits(2));
});
