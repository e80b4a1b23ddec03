import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { POINT_FLAGS } from "@sightline/otlp/point-flags";
import { createValidate } from "@sightline/otlp/validate";
import { createRandom } from "@sightline/testkit/random";
import { STALE_STAND_IN, type TestHistogram, type TestLabels, type TestSeries } from "./testing/encode.ts";
import {
  encoders,
  explicitOf,
  exponentialOf,
  maxBytes,
  metricsOf,
  NANOS,
  numbersOf,
  samplesOf,
  T,
  textsOf,
  translate,
  translateAll,
  versions,
} from "./testing/translated.ts";

const up: TestLabels = { __name__: "up", instance: "a:9090", job: "shop" };

for (const version of versions) {
  test(`${version}: samples keep their labels, values and times`, () => {
    const random = createRandom(7);
    const text = () =>
      "xyzäö€🚀/"
        .repeat(1 + random.below(20))
        .slice(0, 1 + random.below(140))
        .toWellFormed();
    const series = Array.from({ length: 300 }, (_, i) => {
      const labels: Record<string, string> = { __name__: `metric_${(i / 7) | 0}` };
      if (!random.oneIn(5)) labels["job"] = `job ${(i / 20) | 0}`;
      if (!random.oneIn(5)) labels["instance"] = `host-${(i / 20) | 0}`;
      for (let n = random.below(12); n > 0; n--) labels[`label_${n}${random.oneIn(9) ? text() : ""}`] = text();
      const samples = Array.from({ length: random.oneIn(10) ? 3 : 1 }, () => ({
        value: random.oneIn(9) ? 0 : random.fraction() * 1e9 - 5e8,
        timestamp: random.oneIn(5) ? 1 + random.below(1_000_000) : T + random.below(1_000_000),
      }));
      return { labels, samples };
    });
    const translation = translate(version, series);
    assert.deepEqual(translation.refused, { samples: 0, histograms: 0, exemplars: 0 });
    const want = series.flatMap(({ labels, samples }) =>
      samples.map(({ value, timestamp }) => ({ labels, value, timeUnixNano: BigInt(timestamp) * 1_000_000n })),
    );
    assert.deepEqual(samplesOf(translation), want);
    assert.equal(translation.taken.samples, want.length);
  });

  test(`${version}: job and instance say which service it is, and stay labels`, () => {
    const cases: { job?: string; instance?: string; want: TestLabels }[] = [
      { job: "shop", instance: "a:1", want: { "service.name": "shop", "service.instance.id": "a:1" } },
      { job: "eu/shop", want: { "service.name": "shop", "service.namespace": "eu" } },
      { job: "a/b/c", want: { "service.name": "a/b/c" } },
      { job: "/shop", want: { "service.name": "/shop" } },
      { instance: "a:1", want: { "service.instance.id": "a:1" } },
      { want: {} },
    ];
    for (const { want, ...identity } of cases) {
      const labels = { __name__: "up", ...identity };
      const translation = translate(version, [{ labels, samples: [{ value: 1, timestamp: T }] }]);
      assert.deepEqual(metricsOf(translation.samples)[0]?.resource, want);
      assert.deepEqual(samplesOf(translation)[0]?.labels, labels);
    }
  });

  test(`${version}: series of one resource and metric that follow each other share them`, () => {
    const one = (instance: string, name: string, code: string) => ({
      labels: { __name__: name, code, instance, job: "shop" },
      samples: [{ value: 1, timestamp: T }],
    });
    const order = [one("a", "x", "1"), one("a", "x", "2"), one("a", "y", "1"), one("b", "y", "1"), one("b", "y", "2")];
    const shape = metricsOf(translate(version, order).samples).map(({ resource, metric }) => [
      resource["service.instance.id"],
      metric.name,
      numbersOf(metric).length,
    ]);
    assert.deepEqual(shape, [
      ["a", "x", 2],
      ["a", "y", 1],
      ["b", "y", 2],
    ]);
  });

  test(`${version}: counters are told by their names where nobody says their type`, () => {
    const cases = {
      http_requests_total: "sum",
      latency_seconds_bucket: "gauge",
      latency_seconds_count: "gauge",
      temperature: "gauge",
      _total: "sum",
      total: "gauge",
    };
    for (const [name, want] of Object.entries(cases)) {
      const translation = translate(version, [{ labels: { __name__: name }, samples: [{ value: 1, timestamp: T }] }]);
      const data = metricsOf(translation.samples)[0]?.metric.data;
      assert.equal(data?.$case, want, name);
      if (data?.$case === "sum")
        assert.deepEqual([data.value.isMonotonic, data.value.aggregationTemporality], [true, 2]);
    }
    const bucket = { labels: { __name__: "latency_seconds_bucket", le: "0.5" }, samples: [{ value: 1, timestamp: T }] };
    assert.equal(metricsOf(translate(version, [bucket]).samples)[0]?.metric.data?.$case, "sum");
  });

  test(`${version}: the stale marker keeps its bits and is flagged`, () => {
    const values = [STALE_STAND_IN, Number.NaN, Number.POSITIVE_INFINITY, -0];
    const series = [{ labels: up, samples: values.map((value, i) => ({ value, timestamp: T + i })) }];
    const { samples } = translate(version, series);
    const points = metricsOf(samples).flatMap(({ metric }) => numbersOf(metric));
    assert.deepEqual(
      points.map(({ flags }) => flags),
      [1, 0, 0, 0],
    );
    assert.ok(samples.includes(Buffer.from("21020000000000f07f", "hex")), "as_double has the marker's bits");
    assert.deepEqual(
      points.slice(1).map(({ value }) => value?.value),
      [Number.NaN, Number.POSITIVE_INFINITY, -0],
    );
  });

  test(`${version}: exemplars come with or without samples, and name their trace`, () => {
    const traceId = "0102030405060708090a0b0c0d0e0f10";
    const exemplars = [
      { labels: { trace_id: traceId, span_id: "0A0b0C0d0E0f0102", user: "7" }, value: 0.25, timestamp: T },
      { labels: { trace_id: "abc", span_id: "not hex, but of 16".slice(0, 16) }, value: 3, timestamp: T },
    ];
    const bucket = { __name__: "latency_seconds_bucket", le: "0.5" };
    for (const samples of [[], [{ value: 1, timestamp: T }]]) {
      const translation = translate(version, [{ labels: bucket, samples, exemplars }]);
      assert.deepEqual(translation.taken, { samples: samples.length, histograms: 0, exemplars: 2 });
      const [{ metric } = assert.fail()] = metricsOf(translation.exemplars);
      assert.deepEqual([metric.name, metric.data?.$case], ["latency_seconds_bucket", "sum"]);
      const points = numbersOf(metric);
      assert.deepEqual(
        points.map(({ value, attributes }) => [value, textsOf(attributes)]),
        [
          [undefined, { le: "0.5" }],
          [undefined, { le: "0.5" }],
        ],
      );
      const got = points.flatMap((point) => point.exemplars);
      assert.deepEqual(
        got.map(({ timeUnixNano, value, traceId: trace, spanId, filteredAttributes }) => ({
          ...{ timeUnixNano, value: value?.value, trace: Buffer.from(trace).toString("hex") },
          ...{ span: Buffer.from(spanId).toString("hex"), rest: textsOf(filteredAttributes) },
        })),
        [
          { timeUnixNano: NANOS, value: 0.25, trace: traceId, span: "0a0b0c0d0e0f0102", rest: { user: "7" } },
          { timeUnixNano: NANOS, value: 3, trace: "", span: "", rest: exemplars[1]?.labels },
        ],
      );
    }
  });

  test(`${version}: series that are not in order are named, and their neighbours taken`, () => {
    const good = (name: string) => ({ labels: { __name__: name }, samples: [{ value: 1, timestamp: T }] });
    const histogram = { timestamp: T, countInt: 99, positiveSpans: [{ offset: 0, length: 1 }], positiveDeltas: [1] };
    const cases: { bad: TestSeries; says: RegExp }[] = [
      { bad: { ...good(""), labels: { job: "a" } }, says: /^\{job="a"\}: got no metric name, want a label __name__/ },
      { bad: good(""), says: /got no metric name/ },
      { bad: { ...good("x"), labels: { "": "v", __name__: "x" } }, says: /got a label without a name/ },
      { bad: { ...good("x"), samples: [{ value: 1, timestamp: 0 }] }, says: /got a sample at 0 ms, want/ },
      { bad: { ...good("x"), samples: [{ value: 1, timestamp: -5 }] }, says: /got a sample at -5 ms, want/ },
      { bad: { ...good("x"), samples: [{ value: 1, timestamp: 9e15 }] }, says: /got a sample at 9000000000000000 ms/ },
      {
        bad: { labels: { __name__: "h" }, histograms: [histogram] },
        says: /1 observations in its buckets and a count of 99/,
      },
    ];
    for (const { bad, says } of cases) {
      const translation = translate(version, [good("before"), bad, good("after")]);
      assert.match(translation.firstRefusal, says);
      assert.deepEqual(translation.taken, { samples: 2, histograms: 0, exemplars: 0 });
      const { samples, histograms } = translation.refused;
      assert.deepEqual([samples, histograms], bad.histograms === undefined ? [1, 0] : [0, 1]);
      assert.deepEqual(
        samplesOf(translation).map(({ labels }) => labels.__name__),
        ["before", "after"],
      );
    }
  });

  test(`${version}: labels are taken in any order; empty ones are none`, () => {
    const labels = { zone: "z", a: "1", __name__: "x", empty: "", job: "j" };
    const [sample] = samplesOf(translate(version, [{ labels, samples: [{ value: 1, timestamp: T }] }]));
    assert.deepEqual(sample?.labels, { zone: "z", a: "1", __name__: "x", job: "j" });
  });

  test(`${version}: native histograms are exponential ones`, () => {
    const integers: TestHistogram = {
      ...{ countInt: 27, sum: 12.5, schema: 3, zeroThreshold: 1e-9, zeroCountInt: 1, timestamp: T, resetHint: 2 },
      positiveSpans: [
        { offset: -2, length: 3 },
        { offset: 2, length: 2 },
      ],
      positiveDeltas: [1, 2, 1, 3, 1],
      negativeSpans: [{ offset: 0, length: 2 }],
      negativeDeltas: [1, 1],
    };
    const point = exponentialOf(translate(version, [{ labels: up, histograms: [integers] }]));
    assert.deepEqual(
      { ...point, attributes: textsOf(point.attributes) },
      {
        ...{ attributes: { instance: "a:9090", job: "shop" }, startTimeUnixNano: 0n, timeUnixNano: NANOS },
        ...{ count: 27n, sum: 12.5, scale: 3, zeroCount: 1n, zeroThreshold: 1e-9, exemplars: [] },
        ...{ min: undefined, max: undefined, flags: POINT_FLAGS.noReset },
        // A bucket ends at base^index here and begins there in OTLP.
        positive: { offset: -3, bucketCounts: [1n, 3n, 4n, 0n, 0n, 7n, 8n] },
        negative: { offset: -1, bucketCounts: [1n, 2n] },
      },
    );
  });

  test(`${version}: histograms that count in doubles keep them, and gauges are told apart`, () => {
    const doubles: TestHistogram = {
      ...{ countFloat: 2.75, sum: 1, schema: 0, zeroCountFloat: 0.25, timestamp: T, resetHint: 3 },
      positiveSpans: [{ offset: 1, length: 2 }],
      positiveCounts: [0.5, 2],
    };
    const translation = translate(version, [{ labels: up, histograms: [doubles] }]);
    const point = exponentialOf(translation);
    const asDouble = (bits: bigint) => new Float64Array(BigUint64Array.of(bits).buffer)[0];
    assert.equal(point.flags, POINT_FLAGS.floatCounts + POINT_FLAGS.gauge);
    assert.deepEqual([point.count, point.zeroCount].map(asDouble), [2.75, 0.25]);
    assert.deepEqual(point.positive?.bucketCounts.map(asDouble), [0.5, 2]);
    const [{ metric } = assert.fail()] = metricsOf(translation.histograms);
    assert.equal(metric.data?.$case === "exponentialHistogram" && metric.data.value.aggregationTemporality, 0);
  });

  test(`${version}: histograms of custom buckets are explicit ones`, () => {
    const custom: TestHistogram = {
      ...{ countInt: 9, sum: 5, schema: -53, timestamp: T, customValues: [0.1, 1, 10] },
      positiveSpans: [
        { offset: 1, length: 1 },
        { offset: 1, length: 1 },
      ],
      positiveDeltas: [4, 1],
    };
    const point = explicitOf(translate(version, [{ labels: up, histograms: [custom] }]));
    assert.deepEqual([point.explicitBounds, point.bucketCounts, point.count], [[0.1, 1, 10], [0n, 4n, 0n, 5n], 9n]);
  });

  test(`${version}: a stale histogram keeps the bits of its sum`, () => {
    const translation = translate(version, [{ labels: up, histograms: [{ sum: STALE_STAND_IN, timestamp: T }] }]);
    const point = exponentialOf(translation);
    assert.equal(point.flags, POINT_FLAGS.noRecordedValue);
    assert.ok(translation.histograms.includes(Buffer.from("29020000000000f07f", "hex")));
  });

  test(`${version}: broken histograms are refused for what they are`, () => {
    const cases: { histogram: Partial<TestHistogram>; says: RegExp }[] = [
      { histogram: { schema: 53 }, says: /schema 53, want -53 or/ },
      { histogram: { positiveSpans: [{ offset: 0, length: 2 }], positiveDeltas: [0] }, says: /1 counts for 2 buckets/ },
      { histogram: { positiveSpans: [{ offset: 0, length: 1 }], positiveDeltas: [-1] }, says: /negative count/ },
      { histogram: { countFloat: -1 }, says: /negative count/ },
      {
        histogram: {
          positiveSpans: [
            { offset: 0, length: 1 },
            { offset: -1, length: 1 },
          ],
          positiveDeltas: [0, 0],
        },
        says: /negative gap/,
      },
      {
        histogram: {
          positiveSpans: [
            { offset: 0, length: 1 },
            { offset: 2e9, length: 1 },
          ],
          positiveDeltas: [0, 0],
        },
        says: /spans 2000000002 buckets, want at most/,
      },
      { histogram: { schema: -53, customValues: [2, 1] }, says: /do not ascend/ },
      { histogram: { schema: -53, customValues: [1], zeroCountInt: 1, countInt: 1 }, says: /negative or zero buckets/ },
      {
        histogram: { schema: -53, customValues: [1], positiveSpans: [{ offset: 2, length: 1 }], positiveDeltas: [0] },
        says: /buckets beyond them/,
      },
    ];
    for (const { histogram, says } of cases) {
      const { firstRefusal, refused } = translate(version, [
        { labels: up, histograms: [{ timestamp: T, ...histogram }] },
      ]);
      assert.match(firstRefusal, says);
      assert.equal(refused.histograms, 1);
    }
  });

  test(`${version}: whatever is cut off or flipped, a request is refused or its translation can be stored`, () => {
    const request = encoders[version]([
      { labels: up, samples: [{ value: 1, timestamp: T }], exemplars: [{ labels: { trace_id: "x" }, value: 1 }] },
      {
        labels: up,
        histograms: [
          {
            timestamp: T,
            countInt: 3,
            positiveSpans: [{ offset: 0, length: 2 }],
            positiveDeltas: [1, 1],
            resetHint: 1,
          },
        ],
      },
    ]);
    const random = createRandom(5);
    const validate = createValidate("metrics");
    let translated = 0;
    for (let round = 0; round < 20_000; round++) {
      const broken = Buffer.from(request.subarray(0, random.oneIn(4) ? random.below(request.length) : request.length));
      for (let flips = random.below(4); flips > 0 && broken.length > 0; flips--) {
        const at = random.below(broken.length);
        broken[at] = (broken[at] ?? 0) ^ (1 << random.below(8));
      }
      try {
        const { samples, histograms, exemplars, taken } = translateAll(broken, { version, maxBytes });
        const records = [samples, histograms, exemplars].map((otlp) => validate(otlp).records);
        assert.deepEqual(records, [taken.samples, taken.histograms, taken.exemplars]);
        translated++;
      } catch (thrown) {
        assert.equal(AppError.from(thrown).code, "invalid_argument", String(thrown));
      }
    }
    assert.ok(translated > 1000);
  });
}
