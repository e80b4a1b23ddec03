import { AppError } from "@sightline/errors/app-error";
import { createBreath } from "../../breath.ts";
import type { LogPlan } from "../plan/log-plan.ts";
import { errorLabels } from "../stages/formats.ts";
import { createLine, fillLine, type Labels, type Line } from "../stages/line.ts";
import { createPipeline } from "../stages/pipeline.ts";
import { createProbe } from "../stages/probe.ts";
import type { LogqlLimits, LogqlStatistics } from "./limits.ts";
import type { AnsweredLine, AnsweredStream } from "./result.ts";
import { labelsKey, sortedLabels } from "./series.ts";
import type { LogSource } from "./source.ts";

/** Where lines come from, and what may be used. */
export interface LinesOptions {
  readonly source: LogSource;
  readonly limits: LogqlLimits;
  readonly statistics: LogqlStatistics;
  readonly signal: AbortSignal;
  /** Whether the labels of a line are kept apart by where they come from, as Grafana asks for. */
  readonly categorizeLabels: boolean;
}

type LinesPlan = LogPlan & { readonly type: "lines" };

/** The lines of a query, by stream and in its direction. Reading ends with the line that fills the limit. */
export async function evaluateLines(plan: LinesPlan, options: LinesOptions): Promise<AnsweredStream[]> {
  const { source, statistics, signal, categorizeLabels, limits } = options;
  const pipeline = createPipeline(plan.expression, plan.nowNs);
  const line = createLine(null, false);
  const probe = createProbe(plan.expression, plan.nowNs);
  const answer = createAnswer(plan, categorizeLabels, limits);
  const breathe = createBreath(signal);
  if (plan.limit === 0) return [];
  for await (const chunk of source.lines(plan.read, signal)) {
    signal.throwIfAborted();
    for (let at = 0; at < chunk.streamOf.length; at++) {
      const breath = breathe();
      if (breath !== undefined) await breath;
      const text = chunk.texts[at] ?? "";
      const stream = chunk.streams[chunk.streamOf[at] ?? 0] ?? new Map<string, string>();
      statistics.lines++;
      statistics.characters += text.length;
      const stored = { timestampNs: chunk.timestampsNs[at] ?? 0n, text, stream, metadata: chunk.metadata[at] ?? null };
      if (probe !== null && !probe(stored)) continue;
      fillLine(line, stored);
      if (pipeline(line) && answer.add(line)) return answer.streams();
    }
  }
  return answer.streams();
}

interface Answer {
  /** Takes the line; answers whether there are enough now. */
  add(line: Line): boolean;
  streams(): AnsweredStream[];
}

function createAnswer({ limit, intervalNs, direction }: LinesPlan, categorize: boolean, limits: LogqlLimits): Answer {
  const streams = new Map<string, { readonly labels: Labels; readonly lines: AnsweredLine[] }>();
  let count = 0;
  let length = 0;
  const isTooSoon = (last: bigint, next: bigint) => {
    const passed = direction === "forward" ? next - last : last - next;
    return passed < BigInt(intervalNs);
  };
  return {
    add(line) {
      const { labels, answered } = answerOf(line, categorize);
      const key = labelsKey(labels);
      const stream = streams.get(key) ?? { labels, lines: [] };
      const last = stream.lines.at(-1);
      if (intervalNs > 0 && last !== undefined && isTooSoon(last.timestampNs, line.timestampNs)) return false;
      streams.set(key, stream);
      stream.lines.push(answered);
      length +=
        line.text.length + labelsLength(labels) + labelsLength(answered.metadata) + labelsLength(answered.parsed);
      if (length > limits.maxTextLength) {
        throw new AppError(
          "resource_exhausted",
          `cannot answer query: got more than ${limits.maxTextLength} characters of log lines, want a smaller limit`,
        );
      }
      return ++count >= limit;
    },
    streams: () => [...streams.values()],
  };
}

function labelsLength(labels: Labels): number {
  let length = 0;
  for (const [name, value] of labels) length += name.length + value.length;
  return length;
}

const noLabels: Labels = new Map();

/** A line as it is answered, and the labels of its stream: without categories all labels that it has. */
export function answerOf(
  line: Line,
  categorize: boolean,
): { readonly labels: Labels; readonly answered: AnsweredLine } {
  const { metadata, parsed, rest } = labelsByCategory(line);
  const { timestampNs, text } = line;
  if (!categorize) {
    const answered = { timestampNs, text, metadata: noLabels, parsed: noLabels };
    return { labels: sortedLabels([...rest, ...metadata, ...parsed]), answered };
  }
  const answered = { timestampNs, text, metadata: sortedLabels(metadata), parsed: sortedLabels(parsed) };
  return { labels: sortedLabels(rest), answered };
}

interface Categories {
  readonly rest: [string, string][];
  readonly metadata: [string, string][];
  readonly parsed: [string, string][];
}

function labelsByCategory(line: Line): Categories {
  const rest: [string, string][] = [];
  for (const [name, value] of line.stream) {
    const isGone = line.droppedNames.includes(name) || line.parsedNames.includes(name);
    if (!isGone && !line.metadataNames.includes(name)) rest.push([name, value]);
  }
  const metadata = line.metadataNames.map((name, at): [string, string] => [name, line.metadataValues[at] ?? ""]);
  const parsed = line.parsedNames.map((name, at): [string, string] => [name, line.parsedValues[at] ?? ""]);
  for (const [name, value] of errorLabels(line)) parsed.push([name, value]);
  return { rest, metadata, parsed };
}
