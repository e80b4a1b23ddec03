import assert from "node:assert/strict";
import { test } from "node:test";
import { openWire } from "@sightline/otlp/wire";
import { createTraceSample } from "./trace-sample.ts";

/** Shows spans of traces with evenly spread ids to a sample for a second; answers how many of them it took. */
function sampling(maxSpansPerSecond: number) {
  let nowMs = 0;
  const sample = createTraceSample({ maxSpansPerSecond, startMs: nowMs });
  const second = (spans: number, bytes = 16): number => {
    let taken = 0;
    for (let at = 0; at < spans; at++) {
      const id = Buffer.alloc(bytes);
      id.writeUIntBE(Math.floor((at / spans) * 2 ** 24), bytes - 4, 3);
      if (sample.takes(openWire(id), { start: 0, end: bytes })) taken += 1;
    }
    nowMs += 1000;
    sample.adjust(nowMs);
    return taken;
  };
  return { sample, second };
}

test("all traces are counted while there are few spans", () => {
  const { sample, second } = sampling(1000);
  assert.deepEqual([second(1000), second(1000), sample.weight()], [1000, 1000, 1]);
});

test("of more spans a share is counted, each for as many as make up for the others", () => {
  for (const [spans, weight] of [
    [1001, 2],
    [2000, 2],
    [2001, 4],
    [100_000, 128],
  ] as const) {
    const { sample, second } = sampling(1000);
    second(spans);
    assert.equal(sample.weight(), weight, `${spans} spans a second`);
    const stoodFor = second(spans) * weight;
    assert.ok(Math.abs(stoodFor - spans) <= weight, `${stoodFor} stand for ${spans}`);
    const changed = sample.changedMs();
    second(spans);
    assert.equal(sample.changedMs(), changed, "the same load changes nothing");
  }
});

test("it goes back when there is room, not at the edge", () => {
  const { sample, second } = sampling(1000);
  const weights = [2100, 1900, 1300, 900, 600].map((spans) => {
    second(spans);
    return sample.weight();
  });
  assert.deepEqual(weights, [4, 4, 2, 2, 1]);
});

test("ids of eight bytes are ids too, shorter ones are always counted", () => {
  const { second } = sampling(1000);
  second(4000);
  assert.equal(second(4000, 8), 1000);
  const short = sampling(1000);
  short.second(4000);
  assert.ok(short.sample.takes(openWire(Buffer.from([255, 255])), { start: 0, end: 2 }));
});
