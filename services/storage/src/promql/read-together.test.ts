import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf, togetherByTime } from "./read-together.ts";

const minute = 60_000;
const asked = (name: string, lastMinutes: number, agoMinutes = 0) => ({
  name,
  startMs: -(agoMinutes + lastMinutes) * minute,
  endMs: 0 - agoMinutes * minute,
});

test("about the same time is read together, for all who ask for it", () => {
  const groups = togetherByTime([
    asked("hour", 60),
    asked("newest", 5),
    asked("yesterday", 5, 24 * 60),
    asked("minute", 1),
    asked("a little later", 5, -0.5),
    asked("quarter", 15),
    asked("two hours", 120),
    asked("half", 30),
  ]);
  assert.deepEqual(
    groups.map(({ all, startMs, endMs }) => [all.map(({ name }) => name), startMs / minute, endMs / minute]),
    [
      [["minute", "newest", "a little later"], -5, 0.5],
      [["yesterday"], -24 * 60 - 5, -24 * 60],
      [["quarter", "half"], -30, 0],
      [["hour", "two hours"], -120, 0],
    ],
  );
});

test("everybody is in one group, which has all of their time", () => {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % below;
  };
  const all = Array.from({ length: 500 }, (_, at) => asked(String(at), 1 + random(600), random(3000)));
  const groups = togetherByTime(all);
  assert.deepEqual(new Set(groups.flatMap((group) => group.all)), new Set(all));
  assert.equal(groups.flatMap((group) => group.all).length, all.length);
  for (const { all: some, startMs, endMs } of groups) {
    const shortest = Math.min(...some.map((one) => one.endMs - one.startMs));
    assert.ok(endMs - startMs <= Math.max(2 * shortest, shortest + 5 * minute));
    assert.equal(startMs, Math.min(...some.map((one) => one.startMs)));
    assert.equal(endMs, Math.max(...some.map((one) => one.endMs)));
  }
});

test("pieces have at most so much, unless one has more by itself", () => {
  const size = (one: number) => one;
  assert.deepEqual(piecesOf([1, 2, 3, 4], size, 5), [[1, 2], [3], [4]]);
  assert.deepEqual(piecesOf([9, 1, 9], size, 5), [[9], [1], [9]]);
  assert.deepEqual(piecesOf([0, 0, 0], size, 0), [[0, 0, 0]]);
  assert.deepEqual(piecesOf([], size, 5), []);
});
