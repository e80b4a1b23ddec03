import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGoDuration } from "@sightline/gotext/duration";
import { formatDuration, parsePrometheusDuration } from "./durations.ts";

test("durations are read and written as Prometheus does", () => {
  const prometheus: [string, number | undefined][] = [
    ["1w2d", 9 * 86_400e9],
    ["1y", 365 * 86_400e9],
    ["1500ms", 1.5e9],
    ["0", 0],
    ["", undefined],
    ["1.5s", undefined],
    ["5minutes", undefined],
  ];
  for (const [text, ns] of prometheus) assert.equal(parsePrometheusDuration(text), ns, text);
  for (const text of ["5m", "1h30m", "1w", "8d", "1s500ms", "1s1500ns", "200ns", "-5m", "0s"]) {
    const parsed = parsePrometheusDuration(text) ?? parseGoDuration(text);
    const ns = typeof parsed === "number" ? parsed : "ns" in parsed ? parsed.ns : Number.NaN;
    assert.equal(formatDuration(ns), text);
  }
});
