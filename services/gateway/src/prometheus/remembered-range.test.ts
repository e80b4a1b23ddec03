import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PromqlSeries, QueryPromqlResponse } from "@sightline/proto/sightline/query/v1/promql_service";
import { createRangeCache, type EvictionReason } from "./range-cache.ts";
import { answerRange, type RangeQuestion } from "./remembered-range.ts";

const MINUTE = 60_000;
const nowMs = 1_700_000_040_000;

interface Given {
  readonly maxBytes?: number;
  readonly clock?: () => number;
}

/** A storage whose series are a function of time, and what it was asked. */
function setUp({ maxBytes = 1_000_000, clock = () => nowMs }: Given = {}) {
  const evictions: EvictionReason[] = [];
  const asked: string[] = [];
  let late = 0;
  const cache = createRangeCache({
    maxBytes,
    recentMs: 5 * MINUTE,
    maxAgeMs: 10 * MINUTE,
    clock,
    evicted: (reason) => void evictions.push(reason),
    sized: () => undefined,
  });
  const compute = ({ startMs, endMs, stepMs }: Pick<RangeQuestion, "startMs" | "endMs" | "stepMs">) => {
    const steps = Array.from({ length: Math.floor((endMs - startMs) / stepMs) + 1 }, (_, at) => startMs + at * stepMs);
    // One series is there always, one by turns, one only of late.
    const series: [string, (ms: number) => boolean][] = [
      ["always", () => true],
      ["sometimes", (ms) => Math.floor(ms / MINUTE) % 3 === 0],
      ["young", (ms) => ms > nowMs - 3 * MINUTE],
    ];
    return series
      .map(([name, has]): PromqlSeries => {
        const unixMs = steps.filter(has);
        return { labels: ["__name__", name], unixMs, values: unixMs.map((ms) => ms + late), histograms: [] };
      })
      .filter(({ unixMs }) => unixMs.length > 0);
  };
  const question = (startMs: number, endMs: number, more: Partial<RangeQuestion> = {}): RangeQuestion => ({
    tenant: "default",
    query: "up",
    lookbackMs: 0,
    stepMs: MINUTE,
    startMs,
    endMs,
    ...more,
  });
  async function ask(wanted: RangeQuestion) {
    const before = asked.length;
    const { messages, ...told } = await answerRange(wanted, {
      cache,
      async *ask(steps) {
        asked.push(`${(steps.startMs - nowMs) / MINUTE}..${(steps.endMs - nowMs) / MINUTE}`);
        const infos = [`${wanted.query} is odd`];
        yield QueryPromqlResponse.create({ series: compute({ ...wanted, ...steps }), infos });
      },
    });
    const series: PromqlSeries[] = [];
    const infos = new Set<string>();
    for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
      series.push(...next.value.series);
      for (const info of next.value.infos) infos.add(info);
    }
    assert.deepEqual([...infos], [`${wanted.query} is odd`]);
    return { ...told, series, asked: asked.slice(before) };
  }
  return { ask, question, compute, evictions, comeLate: () => (late = 1) };
}

describe("a range that was asked for before", () => {
  test("has only its new and its newest steps computed, and the same answer", async () => {
    const { ask, question, compute } = setUp();
    const first = await ask(question(nowMs - 60 * MINUTE, nowMs - MINUTE));
    assert.deepEqual([first.result, first.asked], ["miss", ["-60..-1"]]);
    for (const [from, to, wanted] of [
      [-59, 0, ["-4..0"]],
      [-59, -10, []],
      [-70, 0, ["-70..-60", "-4..0"]],
      [-70, -20, []],
    ] as const) {
      const asks = question(nowMs + from * MINUTE, nowMs + to * MINUTE);
      const got = await ask(asks);
      assert.deepEqual(got.asked, wanted, `${from}..${to}`);
      assert.deepEqual(got.series, compute(asks));
      assert.equal(got.result, wanted.length === 0 ? "hit" : "partial");
    }
  });

  test("is another one with another tenant, text, step, lookback or place between steps", async () => {
    const { ask, question } = setUp();
    const [from, to] = [nowMs - 60 * MINUTE, nowMs - 20 * MINUTE];
    await ask(question(from, to));
    const others = [{ tenant: "other" }, { query: "down" }, { stepMs: 30_000 }, { lookbackMs: 1000 }];
    for (const more of others) assert.equal((await ask(question(from, to, more))).result, "miss", JSON.stringify(more));
    assert.equal((await ask(question(from + 1, to + 1))).result, "miss");
    assert.equal((await ask(question(from, to + 30_000))).result, "hit");
  });

  test("is computed whole when it knows its own end, or little of it is known", async () => {
    const { ask, question } = setUp();
    for (const query of ["up @ end()", "up @ 1600000000", "sum(rate(up[range()]))", "up +"]) {
      const wanted = question(nowMs - 60 * MINUTE, nowMs, { query });
      await ask(wanted);
      assert.equal((await ask(wanted)).result, "bypass", query);
    }
    await ask(question(nowMs - 30 * MINUTE, nowMs));
    assert.equal((await ask(question(nowMs - 90 * MINUTE, nowMs))).result, "miss");
  });

  test("looks ahead no further than what has settled", async () => {
    const { ask, question } = setUp();
    const wanted = question(nowMs - 60 * MINUTE, nowMs, { query: "up offset -10m" });
    await ask(wanted);
    assert.deepEqual((await ask(wanted)).asked, ["-14..0"]);
  });

  test("shows what came late when it has aged", async () => {
    let now = nowMs;
    const { ask, question, evictions, comeLate, compute } = setUp({ clock: () => now });
    const wanted = question(nowMs - 60 * MINUTE, nowMs - 20 * MINUTE);
    await ask(wanted);
    comeLate();
    now += 9 * MINUTE;
    assert.equal((await ask(wanted)).result, "hit");
    now += 2 * MINUTE;
    const got = await ask(wanted);
    assert.deepEqual([got.result, got.series], ["miss", compute(wanted)]);
    assert.deepEqual(evictions, ["age"]);
  });

  test("is forgotten when others need its room", async () => {
    const { ask, question, evictions } = setUp({ maxBytes: 20_000 });
    const wanted = (query: string) => question(nowMs - 60 * MINUTE, nowMs - 10 * MINUTE, { query });
    for (let at = 0; at < 20; at++) await ask(wanted(`up + ${at}`));
    assert.ok(evictions.length > 5 && evictions.every((reason) => reason === "bytes"));
    assert.equal((await ask(wanted("up + 19"))).result, "hit");
    assert.equal((await ask(wanted("up + 0"))).result, "miss");
  });
});
