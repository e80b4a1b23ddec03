import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { errorAnswer as lokiError } from "../loki/errors.ts";
import { errorAnswer as prometheusError } from "../prometheus/envelope.ts";
import { errorAnswer as tempoError } from "../tempo/errors.ts";

test("too many queries at a time are told apart from one that is too large", () => {
  const tooLarge = new AppError("resource_exhausted", "got more than 10 series");
  const tooMany = new AppError("resource_exhausted", "got 8 queries that run", { retryable: true, retryAfterMs: 1000 });
  const statuses = (error: AppError) => [
    prometheusError(error).status,
    lokiError(error).status,
    tempoError(error).status,
  ];
  assert.deepEqual(statuses(tooLarge), [422, 400, 422]);
  assert.deepEqual(statuses(tooMany), [503, 429, 429]);
  assert.equal(prometheusError(tooMany).body.errorType, "unavailable");
});
