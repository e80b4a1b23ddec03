/**
 * Queries of all shapes. Prometheus 2.42, which Debian 12 has, answers some otherwise than 3: windows of subqueries are not multiples of their
 * steps here, since they were closed on the left; rates begin where their series do not, since what comes before was guessed otherwise;
 * atan2 kept the metric's name, labels had to be plain names, and holt_winters has another name now.
 */
export function queries(): string[] {
  return [
    ...selectors,
    ...selectors.map((selector) => `count(${selector})`),
    ...overTime(),
    ...counters(),
    ...aggregations(),
    ...binaries,
    ...functions,
    ...histograms,
    ...subqueries,
    ...modifiers,
    ...broken,
  ];
}

const selectors = [
  "temperature",
  'temperature{room="hall"}',
  'temperature{room!="hall"}',
  'temperature{room=~"h.*|x"}',
  'temperature{room!~"h.*"}',
  'temperature{zone=""}',
  'temperature{instance=~"[ab]:9100",room="attic"}',
  '{__name__=~"mem.*|build_info"}',
  '{job="shop",code=~"4..|5.."}',
  "short_lived",
  "odd",
  "nothing",
  "cpu_seconds_total",
];

function overTime(): string[] {
  const names = ["avg", "min", "max", "sum", "count", "stddev", "stdvar", "last", "present", "absent"];
  const of = ["temperature", "memory_bytes", "short_lived", "nothing"];
  return [
    ...names.flatMap((name) =>
      of.flatMap((series) => ["1m", "5m", "17m"].map((window) => `${name}_over_time(${series}[${window}])`)),
    ),
    ...["0", "0.1", "0.5", "0.95", "1", "-1", "2"].map(
      (quantile) => `quantile_over_time(${quantile}, temperature[10m])`,
    ),
  ];
}

function counters(): string[] {
  const ofCounters = ["rate", "increase", "irate", "resets"];
  const ofGauges = ["delta", "idelta", "deriv", "changes"];
  const counterSeries = ["cpu_seconds_total", 'http_requests_total{code="404"}', "latency_seconds_count"];
  const gaugeSeries = ["cpu_seconds_total", "temperature", "short_lived"];
  const calls = (names: readonly string[], of: readonly string[]) =>
    names.flatMap((name) =>
      of.flatMap((series) => ["1m", "5m", "20m"].map((window) => `${name}(${series}[${window}])`)),
    );
  return [...calls(ofCounters, counterSeries), ...calls(ofGauges, gaugeSeries)];
}

function aggregations(): string[] {
  const names = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"];
  const groups = ["", " by (mode)", " by (mode, nothing)", " without (cpu)", " without (cpu, mode, instance)"];
  return [
    ...names.flatMap((name) => groups.map((group) => `${name}${group} (rate(cpu_seconds_total[5m]))`)),
    ...["topk", "bottomk"].flatMap((name) =>
      ["1", "3", "100"].map(
        (count) => `${name}(${count}, memory_bytes + on(instance) group_left() sum by (instance) (temperature))`,
      ),
    ),
    ...["0.5", "0.9", "-1", "2"].map((quantile) => `quantile by (mode) (${quantile}, cpu_seconds_total)`),
    'count_values("value", build_info)',
    'count_values by (instance) ("value", round(temperature))',
    "sum(temperature) by (room)",
  ];
}

const binaries = [
  ...["+", "-", "*", "/", "%", "^"].flatMap((operator) => [
    `temperature ${operator} 3`,
    `3 ${operator} temperature`,
    `temperature ${operator} temperature`,
    `7 ${operator} 3`,
  ]),
  ...["==", "!=", ">", "<", ">=", "<="].flatMap((operator) => [
    `temperature ${operator} 10`,
    `temperature ${operator} bool 10`,
    `10 ${operator} temperature`,
    `temperature ${operator} on(room, instance) temperature`,
    `1 ${operator} bool 2`,
  ]),
  "temperature and short_lived",
  "temperature and on(instance) short_lived",
  "temperature or memory_bytes",
  "temperature unless on(instance) short_lived",
  "temperature * on(instance) group_left(version) build_info",
  "build_info * on(instance) group_right(version) temperature",
  "sum by (mode) (rate(cpu_seconds_total[5m])) / ignoring(mode) group_left sum(rate(cpu_seconds_total[5m]))",
  'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
  'http_requests_total{code="500"} / ignoring(code) http_requests_total{code="200"}',
  "-temperature ^ 2",
  "2 ^ 3 ^ 2",
  "-(temperature)",
  "1 + 2 * 3 - 4 / 5 % 6",
  "odd * 2",
  "odd > 0",
  "temperature + nothing",
];

const functions = [
  ...[
    "abs",
    "ceil",
    "floor",
    "exp",
    "ln",
    "log2",
    "log10",
    "sqrt",
    "sgn",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
  ].map((name) => `${name}(temperature)`),
  ...["sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad", "round"].map((name) => `${name}(temperature)`),
  "round(temperature, 0.5)",
  "round(memory_bytes, 1000)",
  "clamp(temperature, 0, 20)",
  "clamp_min(temperature, 10)",
  "clamp_max(temperature, 10)",
  "clamp(temperature, 20, 0)",
  "sort(temperature)",
  "sort_desc(temperature)",
  "absent(nothing)",
  'absent(nothing{a="b",c=~"d"})',
  "absent(temperature)",
  "scalar(sum(temperature))",
  "scalar(temperature)",
  "vector(1)",
  "vector(time())",
  "time()",
  "pi()",
  "timestamp(temperature)",
  "timestamp(timestamp(temperature))",
  "timestamp(temperature offset 1m)",
  ...["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"].flatMap(
    (name) => [`${name}()`, `${name}(timestamp(temperature))`],
  ),
  "predict_linear(temperature[10m], 600)",
  "predict_linear(memory_bytes[10m], 3600)",
  'label_replace(temperature, "short", "$1", "instance", "(.*):.*")',
  'label_replace(temperature, "room", "", "room", ".*")',
  'label_join(temperature, "both", "-", "instance", "room")',
];

const histograms = [
  ...["0", "0.5", "0.9", "0.99", "1", "-1", "2"].flatMap((quantile) => [
    `histogram_quantile(${quantile}, rate(latency_seconds_bucket[5m]))`,
    `histogram_quantile(${quantile}, sum by (le) (rate(latency_seconds_bucket[5m])))`,
    `histogram_quantile(${quantile}, latency_seconds_bucket)`,
  ]),
  "rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])",
  'sum by (path) (rate(latency_seconds_bucket{le="0.5"}[5m])) / sum by (path) (rate(latency_seconds_count[5m]))',
];

const subqueries = [
  "max_over_time(rate(http_requests_total[5m])[8m30s:1m])",
  "min_over_time(sum by (mode) (rate(cpu_seconds_total[2m]))[9m40s:90s])",
  "avg_over_time((temperature > 10)[10m10s:30s])",
  "rate(sum by (path) (http_requests_total)[10m10s:45s])",
  "sum_over_time(vector(1)[5m20s:1m])",
  "quantile_over_time(0.5, deriv(temperature[5m])[10m20s:1m])",
  "max_over_time(max_over_time(temperature[3m])[6m20s:1m])",
  "last_over_time(temperature[5m20s:1m] offset 2m)",
];

const modifiers = [
  "temperature offset 5m",
  "temperature offset -2m",
  "rate(http_requests_total[5m] offset 3m)",
  "temperature @ start()",
  "temperature @ end()",
  "rate(http_requests_total[5m] @ end())",
  "sum(temperature) - sum(temperature offset 10m)",
  "temperature - temperature @ start()",
  "sum_over_time(temperature[5m20s:1m] @ end())",
];

/** What both refuse. */
const broken = [
  "sum(",
  "temperature{",
  "rate(temperature)",
  "temperature[5m",
  "nosuch(temperature)",
  'temperature{room=~"("}',
  "{}",
  "temperature + on() temperature",
  "temperature * on(instance) build_info",
  "1 == 2",
  "temperature and 1",
  "sum(temperature, 2)",
];
