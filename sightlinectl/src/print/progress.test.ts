import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createProgress, progressLine } from "./progress.ts";
import { formatBytes } from "./table.ts";

function record(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  let now = 0;
  return { written, progress: createProgress(stream, () => now), pass: (ms: number) => (now += ms) };
}

describe("progress", () => {
  test("is redrawn in place on a terminal, at most ten times a second", () => {
    const { written, progress, pass } = record(true);
    for (let step = 0; step <= 20; step++) {
      progress.update("copying", step / 20);
      pass(20);
    }
    progress.done("copied");
    assert.equal(written.length, 6);
    assert.ok(written.every((text) => text.startsWith("\r\u001b[2K")));
    assert.equal(written.at(-1), "\r\u001b[2Kcopied\n");
  });

  test("is only the finished lines elsewhere", () => {
    const { written, progress } = record(false);
    progress.update("copying", 0.5);
    progress.done("copied");
    assert.deepEqual(written, ["copied\n"]);
  });

  test("shows a share only where there is one", () => {
    assert.equal(progressLine("counting", undefined), "counting …");
    assert.match(progressLine("copying", 0.5), /^█{12}░{12} {2}50 % {2}copying$/);
    assert.match(progressLine("copying", 7), /^█{24} /);
  });
});

test("the bar fits a terminal that does not say how wide it is", () => {
  const written: string[] = [];
  const progress = createProgress({ isTTY: true, columns: 0, write: (text) => written.push(text) }, () => 0);
  progress.update("copying", 0.5);
  assert.match(written[0] ?? "", /copying$/);
});

describe("bytes for people", () => {
  const cases: readonly [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [1_536_000, "1.54 MB"],
    [2e15, "2.00 PB"],
  ];
  for (const [bytes, text] of cases) test(`${bytes}`, () => assert.equal(formatBytes(bytes), text));
});
