import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { createLogger } from "./logger.ts";
import { every } from "./loop.ts";

/** A log that keeps its lines. */
function recording() {
  const lines: string[] = [];
  return {
    lines,
    log: createLogger({ name: "test", level: "debug", destination: { write: (line) => void lines.push(line) } }),
  };
}

/** A promise for the n-th call of `hit`. */
function calls(n: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  return { reached: promise, hit: () => (++count >= n ? resolve() : undefined), count: () => count };
}

// The loop's own timer does not keep the process alive; this one does.
const awake = (work: Promise<unknown>) => {
  const timer = setTimeout(() => undefined, 10_000);
  return work.finally(() => clearTimeout(timer));
};

describe("a loop", () => {
  it("runs at once, again and again, until closed", async () => {
    const three = calls(3);
    const close = every(5, three.hit, { name: "job", log: recording().log });
    await awake(three.reached);
    await close();
    assert.ok(three.count() >= 3);
  });

  it("waits for the first run when told to", async () => {
    const close = every(60_000, () => assert.fail("too early"), {
      name: "job",
      log: recording().log,
      immediately: false,
    });
    await close();
  });

  it("never overlaps runs", async () => {
    let running = 0;
    const three = calls(3);
    const close = every(
      1,
      async () => {
        assert.equal(++running, 1);
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
        running--;
        three.hit();
      },
      { name: "job", log: recording().log },
    );
    await awake(three.reached);
    await close();
    assert.equal(running, 0);
  });

  it("logs and counts a failed run and goes on", async () => {
    const { lines, log } = recording();
    const three = calls(3);
    const failures = calls(2);
    const close = every(
      1,
      () => {
        three.hit();
        throw new Error("no luck");
      },
      { name: "job", log, failures: { inc: failures.hit } },
    );
    await awake(three.reached);
    await close();
    assert.ok(failures.count() >= 2);
    assert.match(lines[0] ?? "", /"name":"job".*no luck.*a periodic job failed/);
  });

  it("ends a run under way when closed", async () => {
    const inside = Promise.withResolvers<void>();
    const close = every(
      1,
      async (signal) => {
        inside.resolve();
        await once(signal, "abort");
        throw signal.reason;
      },
      { name: "job", log: recording().log },
    );
    await inside.promise;
    await close();
  });

  it("ends with the service's signal", async () => {
    const controller = new AbortController();
    const one = calls(1);
    const close = every(1, one.hit, { name: "job", log: recording().log, signal: controller.signal });
    await awake(one.reached);
    controller.abort();
    await close();
  });
});
