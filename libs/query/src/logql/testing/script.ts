import { parseGoDuration } from "@sightline/gotext/duration";
import { parseGoFloat } from "@sightline/gotext/parse-float";
import type { Labels, StoredLine } from "../stages/line.ts";

/** What a script wants of a query. */
export type Expectation =
  | { readonly kind: "failure"; readonly message: string | null; readonly pattern: string | null }
  | { readonly kind: "empty" }
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "series"; readonly isOrdered: boolean; readonly series: readonly WantedSeries[] }
  | { readonly kind: "lines"; readonly lines: readonly WantedLine[] };

export interface WantedSeries {
  readonly labels: Labels;
  /** A value to each step; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface WantedLine extends StoredLine {
  readonly parsed: Labels;
}

/** One query of a script, with the lines that were loaded when it runs. */
export interface Evaluation {
  readonly place: string;
  readonly kind: "instant" | "range" | "select";
  readonly query: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: number;
  readonly direction: "forward" | "backward";
  readonly lines: readonly StoredLine[];
  readonly expectation: Expectation;
}

/**
 * Reads a test script: `clear`; `load` with indented lines `{labels} "text" @ 10s [repeat every 5s for 3] [metadata a="b"]`; `eval instant at
 * T query`, `eval range from T to T step D query`, `eval select from T to T forward query`, each with what is expected on indented
 * lines: series, log lines, `expect empty`, `expect fail msg: text`, `expect ordered`. It is the language of Loki's logqltest.
 */
export function readScript(source: string, name: string): Evaluation[] {
  const evaluations: Evaluation[] = [];
  let lines: StoredLine[] = [];
  const blocks = blocksOf(source);
  for (const { head, body, place } of blocks) {
    const at = `${name}:${place}`;
    if (head === "clear") lines = [];
    else if (head === "load") lines = [...lines, ...body.flatMap((text) => readLoad(text, at))];
    else if (head.startsWith("eval "))
      evaluations.push({ ...readEval(head, at), lines, expectation: readExpected(body, at), place: at });
    else if (head !== "flush")
      throw new Error(`cannot read script: ${at} got ${head}, want clear, load, flush or eval`);
  }
  return evaluations;
}

interface Block {
  readonly head: string;
  readonly body: string[];
  readonly place: number;
}

function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  for (const [index, raw] of source.split("\n").entries()) {
    const text = withoutComment(raw).trimEnd();
    if (text === "") continue;
    const block = blocks.at(-1);
    if (/^\s/.test(text) && block !== undefined) block.body.push(text.trim());
    else blocks.push({ head: text, body: [], place: index + 1 });
  }
  return blocks;
}

/** The text before a `#` that stands in no quotes. */
function withoutComment(text: string): string {
  const found = /^(?:[^#"`]|"(?:[^"\\]|\\.)*"|`[^`]*`|["`])*?(?=#|$)/u.exec(text);
  return found?.[0] ?? text;
}

function durationNs(text: string): number {
  const parsed = parseGoDuration(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.ns;
}

const loadForm =
  /^(\{.*?\})\s+("(?:[^"])*"|`[^`]*`)\s*@\s*(\S+?)\s*(?:\[repeat every (\S+)\s+for (\d+)\])?\s*(?:\[metadata (.*?)\])?\s*(?:\[parsed (.*)\])?$/u;

function readLoad(text: string, place: string): StoredLine[] {
  const [, labels = "", quoted = "", start = "", every = "0s", count = "1", metadata = ""] =
    loadForm.exec(text) ?? fail(text, place);
  const stream = new Map([...readLabels(labels)].filter(([, value]) => value !== ""));
  return Array.from({ length: Number(count) }, (_, index) => ({
    stream,
    text: quoted.slice(1, -1).replaceAll("{{.i}}", String(index)),
    timestampNs: BigInt(durationNs(start)) + BigInt(index) * BigInt(durationNs(every)),
    metadata: metadata === "" ? null : readLabels(metadata),
  }));
}

function fail(text: string, place: string): never {
  throw new Error(`cannot read script: ${place} got ${text}`);
}

function readLabels(text: string): Map<string, string> {
  const pairs = text.matchAll(/"?([a-zA-Z_][\w. -]*?)"?=("(?:[^"\\]|\\.)*")/gu);
  return new Map([...pairs].map((pair) => [pair[1] ?? "", String(JSON.parse(pair[2] ?? '""'))]));
}

function readEval(head: string, place: string) {
  const instant = /^eval instant at (\S+) (.*)$/u.exec(head);
  if (instant !== null) {
    const at = BigInt(durationNs(instant[1] ?? "0"));
    const query = instant[2] ?? "";
    return { kind: "instant", query, startNs: at, endNs: at, stepNs: 0, direction: "forward" } as const;
  }
  const range = /^eval range from (\S+) to (\S+) step (\S+) (.*)$/u.exec(head);
  if (range !== null) {
    const [, from = "0", to = "0", step = "0", query = ""] = range;
    const ends = { startNs: BigInt(durationNs(from)), endNs: BigInt(durationNs(to)) };
    return { kind: "range", query, ...ends, stepNs: durationNs(step), direction: "forward" } as const;
  }
  const [, from = "0", to = "0", direction = "", query = ""] =
    /^eval select from (\S+) to (\S+) (forward|backward) (.*)$/u.exec(head) ?? fail(head, place);
  const ends = { startNs: BigInt(durationNs(from)), endNs: BigInt(durationNs(to)) };
  return {
    kind: "select",
    query,
    ...ends,
    stepNs: 1,
    direction: direction === "backward" ? "backward" : "forward",
  } as const;
}

function readExpected(body: readonly string[], place: string): Expectation {
  const lines = body.filter((text) => !/^(?:skip|expect) values/.test(text));
  const [first = ""] = lines;
  if (first === "expect empty") return { kind: "empty" };
  if (first.startsWith("expect fail")) {
    const message = /^expect fail msg: (.*)$/u.exec(first)?.[1] ?? null;
    return { kind: "failure", message, pattern: /^expect fail regex: (.*)$/u.exec(first)?.[1] ?? null };
  }
  const isOrdered = first === "expect ordered";
  const wanted = isOrdered ? lines.slice(1) : lines;
  const [result = ""] = wanted;
  if (!result.startsWith("{")) return { kind: "scalar", value: parseGoFloat(result) ?? fail(result, place) };
  if (loadForm.test(result)) return { kind: "lines", lines: wanted.map((text) => readWantedLine(text, place)) };
  return { kind: "series", isOrdered, series: wanted.map((text) => readWantedSeries(text, place)) };
}

function readWantedLine(text: string, place: string): WantedLine {
  const [line] = readLoad(text, place);
  const parsed = loadForm.exec(text)?.[7] ?? "";
  return { ...(line ?? fail(text, place)), parsed: readLabels(parsed) };
}

function readWantedSeries(text: string, place: string): WantedSeries {
  const [, labels = "", values = ""] = /^(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})\s+(.*)$/u.exec(text) ?? fail(text, place);
  return {
    labels: readLabels(labels),
    values: values
      .trim()
      .split(/\s+/)
      .flatMap((value) => readValue(value, place)),
  };
}

function readValue(text: string, place: string): (number | null)[] {
  if (text === "_") return [null];
  const repeated = /^(-?[\d.]+)([+-][\d.]+)?x(\d+)$/.exec(text);
  if (repeated === null) return [parseGoFloat(text) ?? fail(text, place)];
  const [, base = "0", step = "0", count = "0"] = repeated;
  return Array.from({ length: Number(count) + 1 }, (_, index) => Number(base) + index * Number(step));
}
