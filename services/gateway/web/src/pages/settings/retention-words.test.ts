import assert from "node:assert/strict";
import { test } from "node:test";
import { daysText, nameOfKind } from "./retention-words.ts";

test("a number of days reads as people say it", () => {
  const texts = [0, 1, 7, 90, 365, 366, 730].map(daysText);
  assert.deepEqual(texts, ["for ever", "1 day", "7 days", "90 days", "1 year", "366 days", "2 years"]);
});

test("a kind that is not known goes by its own name", () => {
  assert.equal(nameOfKind("logs").name, "Logs");
  assert.deepEqual(nameOfKind("dreams"), { name: "dreams", note: "" });
});
