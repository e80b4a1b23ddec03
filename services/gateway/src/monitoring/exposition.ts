import type { CurrentValue } from "./current-values.ts";

/**
 * Current values in Prometheus' text format 0.0.4. Names that end in `_total` are counters, all others gauges.
 *
 * @param help by metric name
 */
export function toPrometheusText(
  metrics: ReadonlyMap<string, readonly CurrentValue[]>,
  help: Readonly<Record<string, string>>,
): string {
  const lines: string[] = [];
  for (const [name, values] of metrics) {
    lines.push(
      `# HELP ${name} ${help[name] ?? name}`,
      `# TYPE ${name} ${name.endsWith("_total") ? "counter" : "gauge"}`,
    );
    for (const { labels, value, timeMs } of values) lines.push(`${name}${labelText(labels)} ${value} ${timeMs}`);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .filter(([name]) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    .map(
      ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (found) => (found === "\n" ? "\\n" : `\\${found}`))}"`,
    );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
