import assert from "node:assert/strict";
import { test } from "node:test";
import { windowsOf } from "./log-windows.ts";

const MINUTE = 60_000_000_000n;

function minutes(from: bigint, to: bigint, oldestFirst: boolean) {
  const range = { startUnixNano: from * MINUTE, endUnixNano: to * MINUTE };
  return [...windowsOf(range, oldestFirst)].map((window) => [
    Number(window.startUnixNano / MINUTE),
    Number(window.endUnixNano / MINUTE),
  ]);
}

test("windows grow away from where the page begins, side by side, up to the other end", () => {
  assert.deepEqual(minutes(0n, 640n, false), [
    [620, 640],
    [460, 620],
    [0, 460],
  ]);
  assert.deepEqual(minutes(0n, 640n, true), [
    [0, 20],
    [20, 180],
    [180, 640],
  ]);
});

test("a short range is one window", () => {
  assert.deepEqual(minutes(10n, 13n, false), [[10, 13]]);
});
