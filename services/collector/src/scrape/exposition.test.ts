import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Exposition, formatOf, parseExposition } from "./exposition.ts";
import type { ExpositionFormat } from "./sample-line.ts";

const parse = (text: string, format: ExpositionFormat = "prometheus") =>
  parseExposition(text, format, { maxSamples: 1000 });

/** Samples as `type name{labels} value @timestamp`. */
function shown({ samples }: Exposition): string[] {
  return samples.map(({ sample: { name, labels, value, timestampMs }, family }) => {
    const list = labels.map(([key, text]) => `${key}=${JSON.stringify(text)}`).join();
    return `${family.type} ${name}{${list}} ${value}${timestampMs === undefined ? "" : ` @${timestampMs}`}`;
  });
}

const faults = ({ errors }: Exposition) => errors.map(({ line, column, reason }) => `${line}:${column} ${reason}`);

describe("Prometheus text 0.0.4", () => {
  it("is read as its documentation shows it", () => {
    // The example of prometheus.io, "Exposition formats".
    const text = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`;
    const exposition = parse(text);
    assert.deepEqual(faults(exposition), []);
    assert.deepEqual(shown(exposition), [
      'counter http_requests_total{method="post",code="200"} 1027 @1395066363000',
      'counter http_requests_total{method="post",code="400"} 3 @1395066363000',
      'unknown msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1458255915',
      "unknown metric_without_timestamp_and_labels{} 12.47",
      'unknown something_weird{problem="division by zero"} Infinity @-3982045',
      'histogram http_request_duration_seconds_bucket{le="0.05"} 24054',
      'histogram http_request_duration_seconds_bucket{le="+Inf"} 144320',
      "histogram http_request_duration_seconds_sum{} 53423",
      "histogram http_request_duration_seconds_count{} 144320",
      'summary rpc_duration_seconds{quantile="0.01"} 3102',
      "summary rpc_duration_seconds_sum{} 17560473",
      "summary rpc_duration_seconds_count{} 2693",
    ]);
    assert.equal(exposition.samples[0]?.family.help, "The total number of HTTP requests.");
  });

  const lenient: [text: string, want: string][] = [
    ["a 1", "unknown a{} 1"],
    ["a 1\r\n", "unknown a{} 1"],
    ["  a\t1  ", "unknown a{} 1"],
    ['a { x = "y" , } 1', 'unknown a{x="y"} 1'],
    ['a{x="y"}1', 'unknown a{x="y"} 1'],
    ["a{} NaN", "unknown a{} NaN"],
    ["a -inf", "unknown a{} -Infinity"],
    ["# TYPE a untyped\na 1", "unknown a{} 1"],
    ["#TYPE a gauge\na 1", "gauge a{} 1"],
    ["# just a remark\n#\na 1", "unknown a{} 1"],
    ["a:b:c 1", "unknown a:b:c{} 1"],
    ["ä 1\na 1".slice(4), "unknown a{} 1"],
  ];
  for (const [text, want] of lenient) {
    it(`takes ${JSON.stringify(text)}`, () => {
      const exposition = parse(text);
      assert.deepEqual(faults(exposition), []);
      assert.deepEqual(shown(exposition), [want]);
    });
  }

  const bad: [line: string, want: string][] = [
    ["0a 1", "2:1 want a metric name"],
    ["a", "2:2 want a number"],
    ["a one", "2:6 want a number"],
    ["a 0x1", "2:6 want a number"],
    ["a 1 2.5", "2:8 want a timestamp in milliseconds"],
    ["a 1 2 3", "2:7 text after the timestamp"],
    ['a{x="y} 1', "2:10 a label value does not end"],
    ["a{x=y} 1", '2:5 want a label value in "quotes"'],
    ['a{x="1" y="2"} 1', "2:9 want , or }"],
    ['a{x="1",x="2"} 1', "2:14 the label x occurs twice"],
    ['a{1x="1"} 1', "2:3 want a label name"],
    ["# TYPE a gadget", '2:1 unknown type "gadget"'],
    [`a{x="${"y".repeat(5000)}"} 1`, "2:5006 a label value is longer than 4096 characters"],
    [`a{${Array.from({ length: 65 }, (_, n) => `l${n}="1"`).join()}} 1`, "2:512 more than 64 labels"],
  ];
  for (const [line, want] of bad) {
    it(`finds the fault in ${JSON.stringify(line.slice(0, 40))} and keeps its neighbours`, () => {
      const exposition = parse(`before 1\n${line}\nafter 2\n`);
      assert.deepEqual(faults(exposition), [want]);
      assert.deepEqual(shown(exposition), ["unknown before{} 1", "unknown after{} 2"]);
    });
  }
});

describe("the bounds of an exposition", () => {
  it("keep so many samples and say so", () => {
    const text = Array.from({ length: 50 }, (_, n) => `a{n="${n}"} 1`).join("\n");
    const exposition = parseExposition(text, "prometheus", { maxSamples: 10 });
    assert.equal(exposition.samples.length, 10);
    assert.deepEqual(faults(exposition), ["11:0 more than 10 samples"]);
  });

  it("keep so many faults and count the others", () => {
    const exposition = parseExposition("?\n".repeat(1000), "prometheus", { maxSamples: 10, maxErrors: 3 });
    assert.deepEqual([exposition.errors.length, exposition.errorCount], [3, 1000]);
  });

  it("make an end of any text whatsoever", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const alphabet = [
      "a",
      "b_total",
      "{",
      "}",
      '"',
      "\\",
      ",",
      "=",
      " ",
      "#",
      "\n",
      "1",
      "e",
      "-",
      "NaN",
      "# TYPE a histogram\n",
      "# EOF\n",
      "é",
      "\u0000",
    ];
    for (let round = 0; round < 500; round++) {
      let text = "";
      for (let n = random(60); n > 0; n--) text += alphabet[random(alphabet.length)];
      for (const format of ["prometheus", "openmetrics"] as const) {
        const { errors, errorCount } = parse(text, format);
        assert.ok(errors.length <= errorCount);
      }
    }
  });
});

describe("OpenMetrics", () => {
  it("has exemplars, seconds and units", () => {
    const exposition = parse(
      `# TYPE a_seconds histogram
# UNIT a_seconds seconds
a_seconds_bucket{le="1.0"} 1 1520879607.789 # {trace_id="0102030405060708090a0b0c0d0e0f10"} 0.67 1520879607.7
a_seconds_bucket{le="+Inf"} 2 1520879607.789
a_seconds_count 2 1520879607.789
a_seconds_sum 3 1520879607.789
# EOF
`,
      "openmetrics",
    );
    assert.deepEqual(faults(exposition), []);
    const [first] = exposition.samples;
    assert.equal(first?.family.unit, "seconds");
    assert.equal(first?.sample.timestampMs, 1_520_879_607_789);
    assert.deepEqual(first?.sample.exemplar, {
      labels: [["trace_id", "0102030405060708090a0b0c0d0e0f10"]],
      value: 0.67,
      timestampMs: 1_520_879_607_700,
    });
  });

  it("keeps the good samples of a text with faults", () => {
    const exposition = parse("a 1\nb{ 2\nc 3\n\nd 4\n# EOF\n", "openmetrics");
    assert.deepEqual(faults(exposition), ["2:3 want a label name", "4:1 want a metric name"]);
    assert.deepEqual(shown(exposition), ["unknown a{} 1", "unknown c{} 3", "unknown d{} 4"]);
  });

  const types: [contentType: string | undefined, want: ExpositionFormat][] = [
    ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
    ["Application/OpenMetrics-Text", "openmetrics"],
    ["text/plain; version=0.0.4; charset=utf-8", "prometheus"],
    ["text/html", "prometheus"],
    [undefined, "prometheus"],
  ];
  for (const [contentType, want] of types) {
    it(`${contentType} announces ${want}`, () => assert.equal(formatOf(contentType), want));
  }
});
