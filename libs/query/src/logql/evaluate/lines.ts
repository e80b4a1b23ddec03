import { AppError } from "@sightline/errors/app-error";
import type { LabelFilter } from "../ast.ts";
import type { LogPlan } from "../plan/log-plan.ts";
import { errorLabels } from "../stages/formats.ts";
import { createLine, fillLine, type Labels, type Line, type StoredLine } from "../stages/line.ts";
import { createPipeline, filterLabels, labelsWanted } from "../stages/pipeline.ts";
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
  const probe = createProbe(plan);
  const answer = createAnswer(plan, categorizeLabels, limits);
  if (plan.limit === 0) return [];
  for await (const chunk of source.lines(plan.read, signal)) {
    signal.throwIfAborted();
    for (let at = 0; at < chunk.streamOf.length; at++) {
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

/**
 * A first look at a line, for which parsers extract only what filters compare and stop there: most lines that filters drop need no more.
 * Null where it would say nothing, or something else than the whole pipeline, which also keeps lines for what goes wrong further behind.
 */
function createProbe({ expression, nowNs }: LinesPlan): ((stored: StoredLine) => boolean) | null {
  const last = expression.stages.findLastIndex(({ type }) => type === "label_filter");
  const stages = expression.stages.slice(0, last + 1);
  const hasParser = stages.some(
    (stage) => wholeParsers.has(stage.type) && !("fields" in stage && stage.fields.length > 0),
  );
  const wanted = labelsWanted(stages, []);
  const looksAtErrors = stages.some((stage) => stage.type === "label_filter" && mayKeepErrors(stage.filter));
  if (!hasParser || wanted === null || looksAtErrors) return null;
  const pipeline = createPipeline({ ...expression, stages }, nowNs);
  const line = createLine(wanted, false);
  return (stored) => {
    fillLine(line, stored);
    return pipeline(line);
  };
}

const wholeParsers: ReadonlySet<string> = new Set(["json", "logfmt", "regexp", "pattern", "unpack"]);

/** Whether an error of the line makes a difference to the filter. */
function mayKeepErrors(filter: LabelFilter): boolean {
  if ("left" in filter) return mayKeepErrors(filter.left) || mayKeepErrors(filter.right);
  return filter.type === "ip" || filterLabels(filter).some((name) => name.startsWith("__error"));
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
      length += line.text.length;
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
