import { compileTemplate } from "./template.ts";

const runs = 7;
const lines = 100_000;

/** What is measured, the name of each as a metric. */
const templates = {
  labels: "{{.level}} {{.message}}",
  functions: "{{.level | upper}} {{.message}}",
  condition: '{{ if eq .level "error" }}! {{ end }}{{ .message | trunc 20 }} by {{ .user_id | default "-" }}',
  numbers: '{{ .duration_ms | int | mul 1000 }}µs {{ printf "%-10s|%5.1f" .level (divf .duration_ms 3) }}',
  time: '{{ __timestamp__ | date "2006-01-02 15:04:05" }} {{ __line__ }}',
  pattern: '{{ regexReplaceAll "order (\\\\d+)" .message "#$1" }}',
} as const;

const labels = Array.from({ length: 1000 }, (_, at) => {
  return new Map([
    ["level", at % 10 === 0 ? "error" : "info"],
    ["message", `order ${at} was taken and is on its way to the customer who waits for it`],
    ["user_id", at % 3 === 0 ? "" : `user-${at}`],
    ["duration_ms", String(at % 500)],
  ]);
});

function render(source: string): number {
  const template = compileTemplate(source, "line", 0n);
  let length = 0;
  for (let at = 0; at < lines; at++) {
    const line = { text: "the line", timestampNs: 1_656_353_124_120_000_000n + BigInt(at) };
    length += template.render(line, labels[at % labels.length] ?? new Map()).length;
  }
  return length;
}

for (const [metric, source] of Object.entries(templates)) {
  render(source);
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { user: before } = process.cpuUsage();
    render(source);
    rates.push((lines * 1e6) / (process.cpuUsage().user - before));
  }
  rates.sort((a, b) => a - b);
  const round = (rate: number | undefined) => Math.round(rate ?? Number.NaN);
  console.log(
    JSON.stringify({
      bench: "logql-templates",
      metric: `${metric}_lines_per_second_per_core`,
      value: round(rates[runs >> 1]),
      unit: "lines/s",
      min: round(rates[0]),
      max: round(rates.at(-1)),
      runs,
      config: { node: process.version, lines, template: source },
    }),
  );
}
