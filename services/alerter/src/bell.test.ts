import assert from "node:assert/strict";
import { test } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { createBell, runOnBell } from "./bell.ts";

test("a loop runs at once, when rung, and goes on after a failure until it is to stop", async () => {
  const bell = createBell();
  const stop = new AbortController();
  let failures = 0;
  let runs = 0;
  const job = async () => {
    runs++;
    if (runs === 2) throw new Error("once");
    if (runs === 4) stop.abort();
    else bell.ring();
  };
  const failing = async () => {
    const outcome = job();
    if (runs === 2) bell.ring();
    await outcome;
  };
  await runOnBell(failing, {
    name: "test",
    bell,
    intervalMs: 3600_000,
    signal: stop.signal,
    log: quietLog,
    failures: { inc: () => void failures++ },
  });
  assert.deepEqual([runs, failures], [4, 1]);
});

test("waiting ends with the time, the ring or the signal; a ring before it counts once", async () => {
  const bell = createBell();
  const { signal } = new AbortController();
  await bell.wait(1, signal);
  bell.ring();
  bell.ring();
  await bell.wait(3600_000, signal);
  const waiting = bell.wait(3600_000, signal);
  bell.ring();
  await waiting;
  const stop = new AbortController();
  const stopped = bell.wait(3600_000, stop.signal);
  stop.abort();
  await stopped;
});
