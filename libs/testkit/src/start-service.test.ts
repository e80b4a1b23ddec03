import assert from "node:assert/strict";
import { test } from "node:test";
import type { Deps } from "@sightline/service/deps";
import { startService } from "./start-service.ts";

test("a service is ready once started, and stopped in order", async () => {
  const seen: string[] = [];
  const start = async (config: { name: string }, { lifecycle, signal }: Deps) => {
    seen.push(`start ${config.name}`);
    signal.addEventListener("abort", () => seen.push("abort"), { once: true });
    lifecycle.push("first", () => void seen.push("close first"));
    lifecycle.push("second", () => void seen.push("close second"));
  };
  const service = await startService({ start, config: { name: "x" } });
  assert.deepEqual(await service.deps.readiness.report(), { ready: true, notReady: {} });
  await service.stop();
  await service.stop();
  assert.deepEqual(seen, ["start x", "abort", "close second", "close first"]);
});

test("a service that cannot start gives back what it had", async () => {
  let closed = false;
  const start = async (_: object, { lifecycle }: Deps) => {
    lifecycle.push("first", () => {
      closed = true;
    });
    throw new Error("cannot go on");
  };
  await assert.rejects(startService({ start, config: {} }), /cannot go on/);
  assert.equal(closed, true);
});
