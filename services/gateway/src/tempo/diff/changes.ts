import type { NormalizedSpan, Value } from "./normalized-trace.ts";

/** One thing in which two spans differ. */
export interface Change {
  readonly op: "add" | "remove" | "modify";
  readonly target:
    | { readonly type: "field"; readonly name: "duration_nanos" | "status" }
    | { readonly type: "attribute"; readonly scope: "span"; readonly key: string };
  readonly before: unknown;
  readonly after: unknown;
}

/** As far as this durations of the same work differ from run to run. */
const DURATION_SHARE = 0.2;
const DURATION_NANOS = 1_000_000;
/** As far as this sizes do. */
const SIZE_SHARE = 0.05;

/** Attributes of OpenTelemetry's conventions that say how much, where a little more or less means nothing; all others say which. */
const SIZES = new Set([
  "http.request.body.size",
  "http.request.size",
  "http.response.body.size",
  "http.response.size",
  "http.request_content_length",
  "http.request_content_length_uncompressed",
  "http.response_content_length",
  "http.response_content_length_uncompressed",
  "messaging.message.body.size",
  "messaging.message.envelope.size",
  "message.compressed_size",
  "message.uncompressed_size",
  "rpc.message.compressed_size",
  "rpc.message.uncompressed_size",
  "file.size",
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.prompt_tokens",
  "gen_ai.usage.completion_tokens",
  "gen_ai.usage.cache_creation.input_tokens",
  "gen_ai.usage.cache_read.input_tokens",
  "gen_ai.usage.reasoning.output_tokens",
  "gen_ai.response.time_to_first_chunk",
  "app.jank.period",
]);

/** In what a span differs from the one that it is matched with: fields, then attributes by their names. */
export function changesOf(base: NormalizedSpan, compare: NormalizedSpan): Change[] {
  return [...fieldChanges(base, compare), ...attributeChanges(base, compare)];
}

/** What a span shares with all that are alike, and what may be a little more or less of them. */
export interface Likeness {
  /** All but durations and sizes. */
  readonly text: string;
  readonly durationNanos: number | undefined;
  /** By the names of their attributes. */
  readonly sizes: readonly number[];
}

/** Made once of each span: attributes may be many and long, and each span is looked at often. */
export function likenessOf({ status, durationNanos, attributes }: NormalizedSpan): Likeness {
  const sizes: [key: string, size: number][] = [];
  const said: string[] = [];
  for (const [key, value] of attributes) {
    if (SIZES.has(key) && isNumber(value)) {
      sizes.push([key, Number(value)]);
      said.push(key);
    } else {
      said.push(`${JSON.stringify(key)}:${canonical(value)}`);
    }
  }
  sizes.sort(([one], [other]) => (one < other ? -1 : 1));
  return { text: JSON.stringify([status, said.sort()]), durationNanos, sizes: sizes.map(([, size]) => size) };
}

/** Whether two spans whose likeness has the same text are the same as far as it matters. */
export function areAlike(base: Likeness, compare: Likeness): boolean {
  if (!isSameDuration(base.durationNanos, compare.durationNanos)) return false;
  return base.sizes.every((size, at) => isSameSize(size, compare.sizes[at] ?? size));
}

function fieldChanges(base: NormalizedSpan, compare: NormalizedSpan): Change[] {
  const changes: Change[] = [];
  if (!isSameDuration(base.durationNanos, compare.durationNanos)) {
    const [before, after] = [base.durationNanos ?? null, compare.durationNanos ?? null];
    changes.push({ op: "modify", target: { type: "field", name: "duration_nanos" }, before, after });
  }
  if (base.status !== compare.status) {
    const target = { type: "field", name: "status" } as const;
    changes.push({ op: "modify", target, before: base.status, after: compare.status });
  }
  return changes;
}

function attributeChanges(base: NormalizedSpan, compare: NormalizedSpan): Change[] {
  const keys = new Set([...base.attributes.keys(), ...compare.attributes.keys()]);
  return [...keys].sort().flatMap((key): Change[] => {
    const before = base.attributes.get(key);
    const after = compare.attributes.get(key);
    const target = { type: "attribute", scope: "span", key } as const;
    if (before === undefined) return [{ op: "add", target, before: null, after: jsonOf(after ?? null) }];
    if (after === undefined) return [{ op: "remove", target, before: jsonOf(before), after: null }];
    if (isSameAttribute(key, before, after)) return [];
    return [{ op: "modify", target, before: jsonOf(before), after: jsonOf(after) }];
  });
}

function isSameDuration(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isClose(one, other, DURATION_SHARE, DURATION_NANOS);
}

function isSameAttribute(key: string, before: Value, after: Value): boolean {
  if (before === after) return true;
  if (SIZES.has(key) && isNumber(before) && isNumber(after)) return isSameSize(Number(before), Number(after));
  return canonical(before) === canonical(after);
}

function isSameSize(one: number, other: number): boolean {
  return isClose(one, other, SIZE_SHARE, 0);
}

function isClose(one: number, other: number, share: number, least: number): boolean {
  return Math.abs(one - other) <= least + share * Math.max(Math.abs(one), Math.abs(other));
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** The same text for values that are the same; 1 and 1.0 are, and what is not a number is what it is. */
function canonical(value: Value): string {
  if (isNumber(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${pairs.sort().join()}}`;
}

/** What JSON cannot say as a number is told as text. */
function jsonOf(value: Value): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}
