import type { LogExpression } from "../ast.ts";
import { createMatcherTest } from "../stages/label-filter.ts";
import { createLine, fillLine, type Labels, type StoredLine } from "../stages/line.ts";
import { createPipeline } from "../stages/pipeline.ts";
import { answerOf } from "./lines.ts";
import type { AnsweredLine } from "./result.ts";

/** How lines are to be shown. */
export interface TailOptions {
  readonly nowNs: bigint;
  /** Whether the labels of a line are kept apart by where they come from. */
  readonly categorizeLabels: boolean;
}

/** A line as somebody who follows a query sees it. */
export interface TailedLine {
  readonly labels: Labels;
  readonly line: AnsweredLine;
}

/** Follows lines as they come, of whatever stream. */
export interface Tail {
  /** Whether the query selects the stream. The same object for the same stream is quickest. */
  wants(stream: Labels): boolean;
  /** What the pipeline makes of a line of such a stream; null where it drops it. */
  show(stored: StoredLine): TailedLine | null;
}

/** How many streams it is remembered of whether they are wanted. */
const maxStreams = 10_000;

/** Makes the follower of a query of lines. Throws invalid_argument when a stage cannot be made. */
export function createTail(expression: LogExpression, { nowNs, categorizeLabels }: TailOptions): Tail {
  const tests = expression.matchers.map((matcher) => ({ name: matcher.name, test: createMatcherTest(matcher) }));
  const pipeline = createPipeline(expression, nowNs);
  const line = createLine(null, false);
  const known = new Map<Labels, boolean>();
  return {
    wants(stream) {
      const remembered = known.get(stream);
      if (remembered !== undefined) return remembered;
      const wanted = tests.every(({ name, test }) => test(stream.get(name) ?? ""));
      if (known.size >= maxStreams) known.clear();
      known.set(stream, wanted);
      return wanted;
    },
    show(stored) {
      fillLine(line, stored);
      if (!pipeline(line)) return null;
      const { labels, answered } = answerOf(line, categorizeLabels);
      return { labels, line: answered };
    },
  };
}
