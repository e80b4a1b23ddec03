import assert from "node:assert/strict";
import { test } from "node:test";
import { watchLiveness } from "./liveness.ts";

/** Watches over something that answers as told, and never again after that; resolves with how often it was asked. */
async function watched(answers: readonly boolean[], failures: number) {
  let asked = 0;
  let deaths = 0;
  await watchLiveness({
    periodMs: 1,
    failures,
    isAlive: async () => answers[asked++] ?? false,
    onDead: async () => void deaths++,
    signal: new AbortController().signal,
  });
  return { asked, deaths };
}

for (const { name, answers, want } of [
  { name: "it never answers", answers: [], want: 3 },
  { name: "it answered once", answers: [true], want: 4 },
  { name: "it answered in between", answers: [false, false, true], want: 6 },
]) {
  test(`a process counts as dead after three questions without an answer: ${name}`, async () =>
    assert.deepEqual(await watched(answers, 3), { asked: want, deaths: 1 }));
}

test("a process that is not to be watched any more is not ended", async () => {
  const watch = new AbortController();
  let deaths = 0;
  await watchLiveness({
    periodMs: 1,
    failures: 1,
    isAlive: async () => {
      watch.abort();
      return false;
    },
    onDead: async () => void deaths++,
    signal: watch.signal,
  });
  assert.equal(deaths, 0);
});
