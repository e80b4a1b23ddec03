import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createSourceRate } from "./source-rate.ts";

test("a source that sends too much is told how long to wait, and others are not", () => {
  let nowMs = 0;
  const count = createSourceRate(() => nowMs);
  for (let sent = 0; sent < 200; sent++) count("a");
  const isTooMuch = (error: unknown) =>
    error instanceof AppError && error.code === "resource_exhausted" && error.retryAfterMs === 50;
  assert.throws(() => count("a"), isTooMuch);
  count("b");
  nowMs = 50;
  count("a");
  assert.throws(() => count("a"), isTooMuch);
});
