import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { parametersOfUrl } from "../http/request-parameters.ts";
import { errorAnswer } from "./envelope.ts";
import { durationOf, limitOf } from "./parameters.ts";

const parameters = (value: string) =>
  parametersOfUrl(new URL(`http://gateway/?${new URLSearchParams({ step: value, limit: value })}`));

describe("Prometheus' parameters", () => {
  test("durations are as long as Go can say", () => {
    assert.equal(durationOf(parameters("1.5"), "step"), 1500);
    assert.equal(durationOf(parameters("290y"), "step"), 290 * 365 * 86_400_000);
    for (const text of ["1e300", "-1e300", "9223372037"]) {
      const message = `invalid parameter "step": cannot parse "${text}" to a valid duration. It overflows int64`;
      assert.throws(() => durationOf(parameters(text), "step"), { code: "invalid_argument", message });
    }
    const message = 'invalid parameter "step": cannot parse "soon" to a valid duration';
    assert.throws(() => durationOf(parameters("soon"), "step"), { message });
  });

  test("limits are not negative", () => {
    assert.equal(limitOf(parameters("10")), 10);
    const message = 'invalid parameter "limit": limit must be non-negative';
    assert.throws(() => limitOf(parameters("-1")), { message });
  });
});

test("who goes away is no failure of the server", () => {
  const { status, body } = errorAnswer(new AppError("cancelled", "the caller has gone"));
  assert.deepEqual([status, body.errorType], [499, "canceled"]);
});
