import { invalid } from "@sightline/errors/app-error";

/** Names and values, in the order they stand. */
export type Labels = readonly (readonly [name: string, value: string])[];

const NAME = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*/y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"\s*/y;
const RAW = /`([^`]*)`\s*/y;

/**
 * The labels of a stream as text: `{job="nginx", env="prod"}`, the values quoted as in Go. Throws `invalid_argument` when
 * they are not.
 */
export function parseLabels(text: string): Labels {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) throw wrong(text, '{name="value", …}');
  const inner = trimmed.slice(1, -1).trim();
  const labels: [string, string][] = [];
  let at = 0;
  while (at < inner.length) {
    const [name, afterName] = match(NAME, inner, at) ?? [];
    if (name === undefined || afterName === undefined) throw wrong(text, "a label's name and =");
    const quoted = match(QUOTED, inner, afterName);
    const [value, afterValue] = quoted ?? match(RAW, inner, afterName) ?? [];
    if (value === undefined || afterValue === undefined) throw wrong(text, `a quoted value of ${name}`);
    labels.push([name, quoted === undefined ? value : unquoted(value)]);
    if (afterValue < inner.length && inner[afterValue] !== ",") throw wrong(text, `a comma behind ${name}`);
    at = afterValue + 1;
  }
  return labels;
}

function match(pattern: RegExp, text: string, at: number): [captured: string, end: number] | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : [found[1] ?? "", pattern.lastIndex];
}

const SIMPLE: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** A Go string's escapes (go.dev/ref/spec, String literals). Bytes written one by one are taken together as UTF-8. */
function unquoted(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/(?:\\(?:x[\da-fA-F]{2}|[0-7]{3}))+|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\./gs, (sequence) => {
    const kind = sequence[1] ?? "";
    if (kind === "u" || kind === "U") {
      const point = Number.parseInt(sequence.slice(2), 16);
      return sequence.length > 2 && point <= 0x10ffff ? String.fromCodePoint(point) : kind;
    }
    if (sequence.length >= 4) return bytesOf(sequence).toString("utf8");
    return SIMPLE[kind] ?? kind;
  });
}

function bytesOf(escapes: string): Buffer {
  const bytes = [...escapes.matchAll(/\\x(..)|\\(...)/g)].map(([, hex, octal]) =>
    hex === undefined ? Number.parseInt(octal ?? "", 8) & 255 : Number.parseInt(hex, 16),
  );
  return Buffer.from(bytes);
}

function wrong(text: string, want: string) {
  return invalid(`cannot read the labels of a stream: got ${text.slice(0, 200)}, want ${want}`);
}

/** Where Loki looks for the name of a service (its `discover_service_name`), best first. */
const SERVICE_LABELS = [
  "service_name",
  "service",
  "app",
  "application",
  "app_name",
  "name",
  "app_kubernetes_io_name",
  "container",
  "container_name",
  "k8s_container_name",
  "component",
  "workload",
  "job",
  "k8s_job_name",
] as const;

/** The service that a stream is of; "" when its labels do not say. */
export function serviceOf(labels: Labels): string {
  const byName = new Map(labels);
  for (const name of SERVICE_LABELS) {
    const value = byName.get(name);
    if (value !== undefined && value !== "") return value;
  }
  return "";
}
