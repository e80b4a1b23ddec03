import assert from "node:assert/strict";
import { test } from "node:test";
import { oneLine } from "./one-line.ts";
import { later, parseRetryAfter } from "./outcome.ts";

test("Retry-After", () => {
  const f = (header: string | undefined, want: number | undefined) =>
    assert.equal(parseRetryAfter(header, Date.parse("2026-11-21T00:00:00Z")), want, header);
  f(undefined, undefined);
  f("120", 120_000);
  f("0.35", 350);
  f("Sat, 21 Nov 2026 00:00:30 GMT", 30_000);
  f("Fri, 20 Nov 2026 00:00:00 GMT", 0);
  f("soon", undefined);
});

test("no receiver is waited for for hours", () => {
  assert.equal(later("", 1e12).retryAfterMs, 15 * 60_000);
  assert.equal(later("", -5).retryAfterMs, 0);
  assert.equal(later("", Number.NaN).retryAfterMs, undefined);
});

test("what is shown is one short line", () => {
  assert.equal(oneLine(" a\r\n\tb ", 200), "a b");
  assert.equal(oneLine("x".repeat(1000), 200).length, 200);
});
