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

/** Whether spans are the same as far as it matters. */
export function areAlike(base: NormalizedSpan, compare: NormalizedSpan): boolean {
  if (base.status !== compare.status || base.attributes.size !== compare.attributes.size) return false;
  if (!isSameDuration(base.durationNanos, compare.durationNanos)) return false;
  for (const [key, before] of base.attributes) {
    const after = compare.attributes.get(key);
    if (after === undefined || !isSameAttribute(key, before, after)) return false;
  }
  return true;
}

/** Spans that are alike have this in common: all but what may be a little more or less. */
export function likenessOf({ status, attributes }: NormalizedSpan): string {
  const said = [...attributes].map(([key, value]) =>
    SIZES.has(key) && isNumber(value) ? key : `${JSON.stringify(key)}:${canonical(value)}`,
  );
  return JSON.stringify([status, said.sort()]);
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
  if (SIZES.has(key) && isNumber(before) && isNumber(after))
    return isClose(Number(before), Number(after), SIZE_SHARE, 0);
  return canonical(before) === canonical(after);
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
