import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createQueryTurns, type RefusedTurn, type TurnLimits } from "./query-turns.ts";

/** Turns, and a log of who began, in order. */
function record(limits: Partial<TurnLimits> = {}) {
  const began: string[] = [];
  const refused: RefusedTurn[] = [];
  const all = { maxConcurrent: 4, maxConcurrentPerTenant: 3, maxWaitingPerTenant: 10, maxWaitMs: 60_000, ...limits };
  const turns = createQueryTurns({ limits: all, refused: (reason) => refused.push(reason) });
  const signal = new AbortController().signal;
  const ask = async (tenant: string, given: AbortSignal = signal) => {
    const end = await turns.take(tenant, given);
    began.push(tenant);
    return end;
  };
  return { turns, began, refused, ask };
}

/** Lets what has been resolved go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("turns of queries", () => {
  test("a tenant's many queries leave another one's a place", async () => {
    const { turns, began, ask } = record();
    const heavy = Array.from({ length: 50 }, () => ask("heavy").catch(AppError.from));
    await settle();
    assert.deepEqual([turns.running(), turns.waiting(), began.length], [3, 10, 3]);
    const cheap = await ask("cheap");
    assert.equal(turns.running(), 4);
    cheap();
    const errors = await Promise.all(heavy.slice(13));
    for (const error of errors) {
      assert.ok(error instanceof AppError);
      assert.deepEqual([error.code, error.retryAfterMs], ["resource_exhausted", 1000]);
      assert.match(error.message, /got 3 queries that run and 10 that wait, want at most 10/);
    }
    // The others are let in one after the other.
    for (const end of heavy.slice(0, 13)) {
      const ended = await end;
      if (typeof ended === "function") ended();
    }
    assert.deepEqual([turns.running(), turns.waiting(), began.length], [0, 0, 14]);
  });

  test("where all wait, the one with the fewest running is next, then the one that was let in longest ago", async () => {
    const { began, ask } = record({ maxConcurrent: 3, maxConcurrentPerTenant: 3 });
    const running = [await ask("a"), await ask("a"), await ask("b")];
    for (const tenant of ["a", "b", "c", "d", "c"]) void ask(tenant).then((end) => running.push(end));
    for (let more = 0; more < 5; more++) {
      running.shift()?.();
      await settle();
    }
    for (const end of running) end();
    assert.deepEqual(began, ["a", "a", "b", "c", "a", "b", "d", "c"]);
  });

  test("who goes away while it waits leaves its place", async () => {
    const { turns, began, ask } = record({ maxConcurrent: 1 });
    const end = await ask("a");
    const gone = new AbortController();
    const leaving = ask("b", gone.signal);
    const staying = ask("c");
    gone.abort(new AppError("cancelled", "the caller gave up"));
    await assert.rejects(leaving, { code: "cancelled" });
    end();
    (await staying)();
    assert.deepEqual([began, turns.running(), turns.waiting()], [["a", "c"], 0, 0]);
    await assert.rejects(ask("d", gone.signal), { code: "cancelled" });
    assert.equal(turns.running(), 0);
  });

  test("waiting ends after its time, and is counted", async () => {
    const { turns, refused, ask } = record({ maxConcurrent: 1, maxWaitMs: 10 });
    const end = await ask("a");
    await assert.rejects(ask("a"), { code: "resource_exhausted", message: /waited 10 ms for its turn/ });
    assert.deepEqual([refused, turns.waiting()], [["waited_too_long"], 0]);
    end();
    assert.equal(turns.running(), 0);
  });
});
