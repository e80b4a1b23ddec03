import assert from "node:assert/strict";
import { test } from "node:test";
import { addMatch, EMPTY_WINDOW, type EventWindow, endWindow, isPassed, isReached } from "./window.ts";

const threshold = { count: 3, windowMs: 300_000 };

function at(second: number, eventId = `e${second}`, seenSecond = second) {
  return { eventId, atMs: second * 1000, seenAtMs: seenSecond * 1000 };
}

/** The seconds that are left in the window after matches at these seconds. */
function after(...seconds: number[]): EventWindow {
  return seconds.reduce((window, second) => addMatch(window, at(second), threshold), EMPTY_WINDOW);
}

function secondsOf(window: EventWindow): number[] {
  return window.matches.map(({ atMs }) => atMs / 1000);
}

test("counts to the threshold within the window", () => {
  const f = (seconds: number[], left: number[], reached: boolean) => {
    const window = after(...seconds);
    assert.deepEqual(secondsOf(window), left, String(seconds));
    assert.equal(isReached(window, threshold), reached, String(seconds));
  };
  f([0], [0], false);
  f([0, 100], [0, 100], false);
  f([0, 100, 299], [0, 100, 299], true);
  f([0, 100, 300], [100, 300], false);
  f([0, 100, 200, 300], [100, 200, 300], true);
  f([0, 10, 20, 30, 40], [20, 30, 40], true);
  f([0, 10, 1000], [1000], false);
  f([200, 0, 100], [0, 100, 200], true);
  f([1000, 0], [1000], false);
  f([500, 501, 502, 499], [500, 501, 502], true);
});

test("the same event counts once, however often it comes", () => {
  const window = after(0, 10);
  assert.equal(addMatch(window, at(10), threshold), window);
  assert.equal(addMatch(window, at(20, "e10"), threshold), window);
  assert.deepEqual(secondsOf(addMatch(window, at(10, "another"), threshold)), [0, 10, 10]);
});

test("an end takes the matches before it out, and keeps late ones out", () => {
  const ended = endWindow(after(0, 10, 20), 15_000);
  assert.deepEqual(secondsOf(ended), [20]);
  assert.equal(addMatch(ended, at(12), threshold), ended);
  assert.equal(addMatch(ended, at(15), threshold), ended);
  assert.deepEqual(secondsOf(addMatch(ended, at(16), threshold)), [16, 20]);
  assert.equal(endWindow(ended, 5_000).endedAtMs, 15_000);
});

test("passes when too few matches are left", () => {
  const window = after(0, 100, 200);
  assert.equal(isPassed(window, threshold, 299_999), false);
  assert.equal(isPassed(window, threshold, 300_000), true);
  assert.equal(isPassed(EMPTY_WINDOW, { count: 1, windowMs: 1 }, 0), true);
});

test("what came late counts from when it came", () => {
  const once = { count: 1, windowMs: 300_000 };
  const window = addMatch(EMPTY_WINDOW, at(0, "late", 7200), once);
  assert.equal(isReached(window, once), true);
  assert.equal(isPassed(window, once, 7_200_000), false);
  assert.equal(isPassed(window, once, 7_500_000), true);
});
