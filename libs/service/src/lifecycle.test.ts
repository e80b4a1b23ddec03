import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLifecycle } from "./lifecycle.ts";
import { createLogger } from "./logger.ts";

const log = createLogger({ name: "test", level: "silent" });

describe("a lifecycle", () => {
  it("closes the last first, and once", async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle({ log, timeoutMs: 1000 });
    for (const name of ["pool", "consumer", "door"]) lifecycle.push(name, () => void closed.push(name));
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    assert.deepEqual(closed, ["door", "consumer", "pool"]);
  });

  it("waits for one before it closes the next", async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle({ log, timeoutMs: 1000 });
    lifecycle.push("pool", () => void order.push("pool"));
    lifecycle.push("door", async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push("door");
    });
    await lifecycle.stop();
    assert.deepEqual(order, ["door", "pool"]);
  });

  it("closes the rest when one fails, and tells all failures", async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle({ log, timeoutMs: 1000 });
    lifecycle.push("first", () => void closed.push("first"));
    lifecycle.push("bad", () => Promise.reject(new Error("broken")));
    lifecycle.push("worse", () => {
      throw new Error("broken at once");
    });
    await assert.rejects(lifecycle.stop(), (error: unknown) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(
        error.errors.map((each) => (each instanceof Error ? each.message : "")),
        ["cannot stop worse: broken at once", "cannot stop bad: broken"],
      );
      return true;
    });
    assert.deepEqual(closed, ["first"]);
  });

  it("leaves time for the rest when one hangs", async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle({ log, timeoutMs: 2000 });
    lifecycle.push("pool", () => void closed.push("pool"));
    lifecycle.push("stuck", () => new Promise(() => undefined));
    const startedAt = performance.now();
    await assert.rejects(lifecycle.stop(), /cannot stop stuck: not done within 1000 ms/);
    assert.ok(performance.now() - startedAt < 2000);
    assert.deepEqual(closed, ["pool"]);
  });

  it("closes at once what is acquired after the stop", async () => {
    const closed: string[] = [];
    await using lifecycle = createLifecycle({ log, timeoutMs: 100 });
    await lifecycle.stop();
    lifecycle.push("late", () => void closed.push("late"));
    assert.deepEqual(closed, ["late"]);
  });
});
