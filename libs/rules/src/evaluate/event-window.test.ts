import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EventWindow, maxWindows, pruneWindows, withEnd, withEvent } from "./event-window.ts";

const minute = 60_000;
const limits = { thresholdCount: 1, windowMs: 5 * minute, resolveWhen: "x == 1", lateMs: 0 };

function windowOf(key: string, atMs: number): EventWindow {
  return withEvent({ key, labels: { key }, timesMs: [] }, { atMs, id: "" }, limits) ?? assert.fail("it counts");
}

describe("what is kept of groups of events", () => {
  test("what holds is kept however long it is quiet, and before what does not", () => {
    const holding = windowOf("down", minute);
    const others = Array.from({ length: maxWindows }, (_, at): EventWindow => {
      return { key: `${at}`, labels: {}, timesMs: [minute + at], resolvedAtMs: minute + at };
    });
    const kept = pruneWindows([holding, ...others], 2 * minute, limits);
    assert.equal(kept.length, maxWindows);
    assert.ok(kept.includes(holding));
    assert.ok(!kept.some(({ key }) => key === "0"), "the one that is quiet for longest goes");
    assert.deepEqual(pruneWindows(kept, 3600 * minute, limits), [holding]);
  });

  test("it is known for a day what was over, of as many as leave room for others", () => {
    const ended = Array.from({ length: maxWindows }, (_, at) =>
      withEnd(windowOf(`${at}`, minute + at), 2 * minute + at, limits),
    );
    const kept = pruneWindows(ended, 60 * minute, limits);
    assert.equal(kept.length, maxWindows / 2);
    assert.equal(pruneWindows(kept, 60 * minute, limits), kept, "nothing is written where nothing changes");
    assert.deepEqual(pruneWindows(kept, 1500 * minute, limits), []);
  });

  test("an end of what is over changes nothing", () => {
    const ended = withEnd(windowOf("a", minute), 2 * minute, limits);
    assert.equal(withEnd(ended, 3 * minute, limits), ended);
    assert.equal(withEnd(ended, minute, limits), ended);
  });
});
