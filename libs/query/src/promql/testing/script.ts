import { unquote } from "@sightline/gotext/unquote";
import { parseDuration } from "../durations.ts";
import type { Labels } from "../labels.ts";
import { parseNumber } from "../number-text.ts";
import { type Point, parsePoints, parseSeriesLine } from "../series-notation.ts";

/** What a query of a test is expected to say beside its answer. */
export interface Expectation {
  readonly kind: "fail" | "warn" | "info" | "no_warn" | "no_info" | "ordered";
  readonly match: { readonly kind: "msg" | "regex"; readonly text: string } | null;
}

export interface ExpectedSeries {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** What an `eval` command asks, and what is to come out. */
export interface Evaluate {
  readonly kind: "eval";
  readonly line: number;
  readonly query: string;
  /** One time for an instant query. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number | null;
  readonly expectations: readonly Expectation[];
  readonly series: readonly ExpectedSeries[];
  readonly text: string | null;
  /** A number alone, which a scalar is expected to be. */
  readonly scalar: number | null;
  /** The times of the points where the samples of a range vector are expected. */
  readonly rangeVector: { readonly startMs: number; readonly endMs: number; readonly stepMs: number } | null;
}

export interface Load {
  readonly kind: "load";
  readonly line: number;
  readonly stepMs: number;
  readonly withCustomBuckets: boolean;
  readonly series: readonly ReturnType<typeof parseSeriesLine>[];
}

export type Command = Evaluate | Load | { readonly kind: "clear"; readonly line: number };

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Reads a test in the language of Prometheus' promqltest. Throws with the number of the line that is wrong. */
export function parseScript(script: string): readonly Command[] {
  const lines = script.split("\n").map((text, i) => ({ text: text.trim(), number: i + 1 }));
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; i++) {
    const first = lines[i];
    if (first === undefined || first.text === "" || first.text.startsWith("#")) continue;
    const block: Line[] = [];
    if (first.text !== "clear") {
      while (i + 1 < lines.length && lines[i + 1]?.text !== "") {
        const line = lines[++i];
        if (line !== undefined && !line.text.startsWith("#")) block.push(line);
      }
    }
    commands.push(parseCommand(first, block));
  }
  return commands;
}

function parseCommand(first: Line, block: readonly Line[]): Command {
  try {
    if (first.text === "clear") return { kind: "clear", line: first.number };
    return first.text.startsWith("load") ? parseLoad(first, block) : parseEvaluate(first, block);
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`cannot read test: line ${first.number}: ${problem}`);
  }
}

function parseLoad({ text, number }: Line, block: readonly Line[]): Load {
  const [, suffix, step = ""] = /^load(_with_nhcb)?\s+(\S+)$/.exec(text) ?? [];
  return {
    kind: "load",
    line: number,
    stepMs: durationOf(step),
    withCustomBuckets: suffix !== undefined,
    series: block.map((line) => parseSeriesLine(line.text)),
  };
}

function durationOf(text: string): number {
  const negative = text.startsWith("-");
  const plain = text.replace(/^[+-]/, "");
  const ms = parseDuration(plain) ?? (parseNumber(plain) ?? Number.NaN) * 1000;
  if (Number.isNaN(ms)) throw new Error(`got ${text}, want a duration`);
  return negative ? -ms : ms;
}

const instant = /^eval(?:_(fail|warn|info|ordered))?\s+instant\s+(?:at\s+(\S+))?\s*(.+)$/;
const range = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;

function parseEvaluate({ text, number }: Line, block: readonly Line[]): Evaluate {
  const ranged = range.exec(text);
  const once = ranged === null ? instant.exec(text) : null;
  const kind = ranged?.[1] ?? once?.[1];
  if (ranged === null && once === null) throw new Error(`got ${text}, want a command`);
  const startMs = durationOf(ranged?.[2] ?? once?.[2] ?? "0");
  const read = parseExpected(block);
  return {
    kind: "eval",
    line: number,
    query: ranged?.[5] ?? once?.[3] ?? "",
    startMs,
    endMs: ranged === null ? startMs : durationOf(ranged[3] ?? ""),
    stepMs: ranged === null ? null : durationOf(ranged[4] ?? ""),
    ...read,
    expectations: [...olderExpectations(kind, read.messages), ...read.expectations],
  };
}

/** The forms that came before `expect`: what is not named is not expected. */
function olderExpectations(kind: string | undefined, messages: readonly Expectation[]): readonly Expectation[] {
  if (kind === "fail") return messages.length > 0 ? messages : [{ kind: "fail", match: null }];
  if (kind === "warn" || kind === "info" || kind === "ordered") return [{ kind, match: null }];
  return [];
}

interface Expected extends Pick<Evaluate, "expectations" | "series" | "text" | "scalar" | "rangeVector"> {
  readonly messages: readonly Expectation[];
}

function parseExpected(block: readonly Line[]): Expected {
  const expectations: Expectation[] = [];
  const messages: Expectation[] = [];
  const series: ExpectedSeries[] = [];
  let text: string | null = null;
  let scalar: number | null = null;
  let rangeVector: Evaluate["rangeVector"] = null;
  for (const line of block) {
    const older = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line.text);
    const times = /^expect range vector from (\S+) to (\S+) step (\S+)$/.exec(line.text);
    const wanted = /^expect string (.+)$/.exec(line.text);
    if (older !== null) {
      const kind = older[1] === "message" ? "msg" : "regex";
      messages.push({ kind: "fail", match: { kind, text: older[2] ?? "" } });
    } else if (times !== null) {
      const [startMs = 0, endMs = 0, stepMs = 0] = times.slice(1).map(durationOf);
      rangeVector = { startMs, endMs, stepMs };
    } else if (wanted !== null) text = unquote(wanted[1] ?? "");
    else if (line.text.startsWith("expect ")) expectations.push(parseExpectation(line.text));
    else if (/^[+-]?(?:[\d.]|inf$|nan$)/i.test(line.text) && parsePoints(line.text).length === 1) {
      const [point] = parsePoints(line.text);
      scalar = typeof point === "number" ? point : null;
    } else {
      const { labels, points } = parseSeriesLine(line.text);
      series.push({ labels, points });
    }
  }
  return { expectations, messages, series, text, scalar, rangeVector };
}

function parseExpectation(text: string): Expectation {
  const [, kind = "", match, message = ""] =
    /^expect\s+(fail|warn|info|no_warn|no_info|ordered)(?:\s+(msg|regex):\s*(.*))?$/.exec(text) ?? [];
  const found = (["fail", "warn", "info", "no_warn", "no_info", "ordered"] as const).find((one) => one === kind);
  if (found === undefined) throw new Error(`got ${text}, want an expectation`);
  if (match === undefined) return { kind: found, match: null };
  return { kind: found, match: { kind: match === "msg" ? "msg" : "regex", text: message.trim() } };
}
