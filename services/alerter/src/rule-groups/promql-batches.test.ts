import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import type { PromqlInstantAnswer, PromqlRecordedSample } from "@sightline/proto/sightline/query/v1/promql_service";
import {
  PromqlInstantSample,
  PromqlResetHint,
  QueryPromqlInstantsRequest,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { createHistogram } from "@sightline/query/promql/histogram/histogram";
import { eventually } from "@sightline/testkit/eventually";
import type { AskInstants } from "./ask-instants.ts";
import { createProbe } from "./probe.ts";
import { createPromqlBatches } from "./promql-batches.ts";
import { createRecentSamples } from "./recent-samples.ts";

interface Call {
  readonly tenant: string;
  readonly queries: readonly string[];
  readonly recorded: readonly PromqlRecordedSample[];
  readonly signal: AbortSignal;
}

type Answered = Pick<PromqlInstantAnswer, "index"> & Partial<PromqlInstantAnswer>;
type Answer = (call: Call, at: number) => AsyncIterable<readonly Answered[]> | Iterable<readonly Answered[]>;

/** Storage as its answers say; a probe is a call too. */
function createStorage(answer: Answer) {
  const calls: Call[] = [];
  const ask: AskInstants = async function* (tenant, request, signal) {
    assert.ok(QueryPromqlInstantsRequest.encode(request).finish().length > 0);
    const { instants, recorded } = request;
    const call = { tenant, queries: instants.map(({ query }) => query), recorded, signal };
    calls.push(call);
    for await (const answers of answer(call, calls.length - 1)) {
      yield {
        answers: answers.map((one) => ({ samples: [], problem: undefined, goesOn: false, ...one })),
      };
    }
  };
  const recent = createRecentSamples({ clock: () => 0 });
  const batches = createPromqlBatches({ ask, probe: createProbe(ask), recent, timeoutMs: 1000, gatherMs: 1 });
  const { signal } = new AbortController();
  const instant = (text: string, { tenant = "default", given = signal } = {}) =>
    batches.instant(tenant, { text, atMs: 1 }, given);
  return { calls, recent, instant };
}

const sampleOf = (value: number, labels: readonly string[] = []) =>
  PromqlInstantSample.create({ labels: [...labels], value });
/** Each expression is a number, which is its answer. */
const numbers: Answer = ({ queries }) => [
  queries.map((query, index) => ({ index, samples: [sampleOf(Number(query), ["is", query])] })),
];
const isProbe = ({ queries }: Call) => queries[0] === "sightline_is_anybody_there";
const problem = (code: number, message: string) => ({ code, message });
const code = (want: string) => (thrown: unknown) => AppError.from(thrown).code === want;

describe("batches of PromQL", () => {
  test("what is asked together is one call of each tenant, and everybody has their own answer", async () => {
    const { calls, instant } = createStorage(numbers);
    const answers = await Promise.all([instant("1"), instant("2"), instant("3", { tenant: "other" }), instant("1")]);
    assert.deepEqual(
      answers.map((vector) => vector.map(({ labels, value }) => [labels, value])),
      ["1", "2", "3", "1"].map((text) => [[{ is: text }, Number(text)]]),
    );
    assert.deepEqual(
      calls.map(({ tenant, queries }) => [tenant, queries]),
      [
        ["default", ["1", "2", "1"]],
        ["other", ["3"]],
      ],
    );
  });

  test("an answer in pieces is one, and a NaN is a value", async () => {
    const { instant } = createStorage(() => [
      [{ index: 0, samples: [sampleOf(1)], goesOn: true }],
      [
        { index: 0, samples: [sampleOf(Number.NaN)] },
        { index: 1, samples: [sampleOf(3)] },
      ],
    ]);
    const [first, second] = await Promise.all([instant("a"), instant("b")]);
    assert.deepEqual(
      [first, second].map((vector) => vector.map(({ value }) => value)),
      [[1, Number.NaN], [3]],
    );
  });

  test("one that is wrong loses no other", async () => {
    const { instant } = createStorage(() => [
      [
        { index: 0, problem: problem(3, "parse error") },
        { index: 1, samples: [sampleOf(2)] },
        { index: 2, problem: problem(8, "too many samples") },
        { index: 3, problem: problem(14, "the database is away") },
      ],
    ]);
    const asked = ["a", "b", "c", "d"].map((text) => instant(text));
    const outcomes = (await Promise.allSettled(asked)).map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value.length : AppError.from(outcome.reason).code,
    );
    assert.deepEqual(outcomes, ["invalid_argument", 1, "resource_exhausted", "unavailable"]);
  });

  test("whatever fails as a whole is an outage", async () => {
    for (const error of [
      unavailable("cannot reach storage"),
      new AppError("deadline_exceeded", "no answer"),
      new AppError("resource_exhausted", "too many queries", { retryable: true }),
      new AppError("internal", "broken"),
    ]) {
      const { instant } = createStorage(() => {
        throw error;
      });
      await assert.rejects(instant("a"), code("unavailable"), error.code);
    }
    const { instant } = createStorage(() => [[{ index: 1 }]]);
    await assert.rejects(instant("a"), code("unavailable"), "an answer that is missing");
  });

  test("an expression that takes too long is at fault itself, unless nobody answers anything", async () => {
    for (const [isThere, want] of [
      [true, "deadline_exceeded"],
      [false, "unavailable"],
    ] as const) {
      const late = { index: 0, problem: problem(4, "timed out") };
      const { calls, instant } = createStorage((_, at) => [[at === 0 || !isThere ? late : { index: 0 }]]);
      await assert.rejects(instant("slow"), code(want));
      assert.equal(calls.length, 2);
    }
  });

  test("what takes too long in company is asked by itself before it is at fault", async () => {
    const busy: Answer = (call, at) => {
      if (isProbe(call)) return [[{ index: 0 }]];
      if (call.queries.length === 1 && call.queries[0] !== "slow") return numbers(call, at);
      return [call.queries.map((_, index) => ({ index, problem: problem(4, "timed out") }))];
    };
    const isOver: Answer = (call, at) => {
      if (call.queries.length > 1) throw new AppError("deadline_exceeded", "the time of the call is over");
      return busy(call, at);
    };
    for (const answer of [busy, isOver]) {
      const { calls, instant } = createStorage(answer);
      const [slow, first, second] = ["slow", "1", "2"].map((text) => instant(text));
      await assert.rejects(slow ?? Promise.resolve(), code("deadline_exceeded"));
      assert.deepEqual([(await first)?.[0]?.value, (await second)?.[0]?.value], [1, 2]);
      assert.deepEqual(
        calls.filter((call) => !isProbe(call)).map(({ queries }) => queries),
        [["slow", "1", "2"], ["slow"], ["1"], ["2"]],
      );
    }
  });

  test("while some take too long it is seen whether anybody is there", async () => {
    const { instant } = createStorage(async function* (call) {
      if (isProbe(call)) throw unavailable("nobody is there");
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve, { once: true }));
      yield [];
      throw AppError.from(call.signal.reason);
    });
    await assert.rejects(Promise.all([instant("1"), instant("2")]), code("unavailable"));
  });

  test("one that was slow is asked by itself the next time", async () => {
    const { calls, instant } = createStorage(async function* (call, at) {
      if (at === 0) {
        yield [{ index: 0, samples: [sampleOf(1)] }];
        await eventually(() => performance.now() > slowUntil, { intervalMs: 50 });
        yield [{ index: 1, samples: [sampleOf(2)] }];
      } else yield* numbers(call, at);
    });
    const slowUntil = performance.now() + 1100;
    const again = () => Promise.all([instant("1"), instant("2"), instant("3")]);
    await Promise.all([instant("1"), instant("2")]);
    await again();
    await again();
    const asked = calls.filter((call) => !isProbe(call));
    assert.deepEqual(
      asked.map(({ queries }) => queries.join(" ")),
      ["1 2", "1 3", "2", "1 2 3"],
    );
  });

  test("a quick answer does not wait for a slow one", async () => {
    const { promise: slowness, resolve: goOn } = Promise.withResolvers<void>();
    const { instant } = createStorage(async function* () {
      yield [{ index: 1, samples: [sampleOf(2)] }];
      await slowness;
      yield [{ index: 0, samples: [sampleOf(1)] }];
    });
    const slow = instant("slow");
    assert.equal((await instant("quick"))[0]?.value, 2);
    goOn();
    assert.equal((await slow)[0]?.value, 1);
  });

  test("while calls are under way the next ones gather", async () => {
    const { promise: busy, resolve: goOn } = Promise.withResolvers<void>();
    const { calls, instant } = createStorage(async function* (call, at) {
      if (at < 4) await busy;
      yield* numbers(call, at);
    });
    const asked: Promise<unknown>[] = [];
    for (let turn = 0; turn < 4; turn++) {
      asked.push(instant(String(turn)));
      await eventually(() => calls.length === turn + 1, { intervalMs: 1 });
    }
    for (let turn = 4; turn < 8; turn++) asked.push(instant(String(turn)));
    goOn();
    await Promise.all(asked);
    assert.deepEqual(
      calls.map(({ queries }) => queries),
      [["0"], ["1"], ["2"], ["3"], ["4", "5", "6", "7"]],
    );
  });

  test("what rules have just recorded goes with the expressions that may select it", async () => {
    const { calls, recent, instant } = createStorage(() => [[{ index: 0 }]]);
    const histogram = createHistogram({ schema: 1, count: 2, positive: { indexes: [3], counts: [2] }, hint: "gauge" });
    recent.add("default", [
      { labels: { __name__: "job:up", job: "a" }, atMs: 5, value: 7 },
      { labels: { __name__: "job:up", job: "b" }, atMs: 5, value: "stale" },
      { labels: { __name__: "job:latency" }, atMs: 5, value: histogram },
    ]);
    await instant("sum(job:up) / count(job:latency)");
    const [call] = calls;
    assert.deepEqual(
      call?.recorded.map(({ labels, unixMs, value, isStale }) => [labels, unixMs, value, isStale]),
      [
        [["__name__", "job:up", "job", "a"], 5n, 7, false],
        [["__name__", "job:up", "job", "b"], 5n, 0, true],
        [["__name__", "job:latency"], 5n, 0, false],
      ],
    );
    const [, , third] = call.recorded;
    assert.deepEqual([third?.histogram?.positiveIndexes, third?.histogram?.hint], [[3], PromqlResetHint.GAUGE]);
    await instant("up");
    assert.deepEqual(calls[1]?.recorded, []);
  });

  test("more than storage takes at once are several calls", async () => {
    const { calls, instant } = createStorage(numbers);
    await Promise.all(Array.from({ length: 2100 }, (_, at) => instant(String(at))));
    assert.deepEqual(
      calls.map(({ queries }) => queries.length),
      [1000, 1000, 100],
    );
    const long = "x".repeat(600_000);
    await Promise.all([instant(`${long}1`), instant(`${long}2`)]);
    assert.equal(calls.length, 5);
  });

  test("who does not wait any more is told at once; the call ends with the last of them", async () => {
    const { calls, instant } = createStorage(async function* ({ signal }) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      yield [];
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [instant("a", { given: first.signal }), instant("b", { given: second.signal })];
    const ended = Promise.allSettled(asked);
    await eventually(() => calls.length === 1, { intervalMs: 1 });
    first.abort();
    await assert.rejects(asked[0] ?? Promise.resolve(), code("cancelled"));
    assert.equal(calls[0]?.signal.aborted, false);
    second.abort();
    await ended;
    await eventually(() => calls[0]?.signal.aborted === true, { intervalMs: 1 });
    await assert.rejects(instant("c", { given: first.signal }), code("cancelled"));
  });
});
