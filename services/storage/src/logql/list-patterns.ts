import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { invalid } from "@sightline/errors/app-error";
import type {
  LinePattern,
  ListPatternsRequest,
  ListPatternsResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import { createPatternFinder, type LinePattern as FoundPattern } from "@sightline/query/logql/detect/line-patterns";
import { checkSteps } from "@sightline/query/logql/plan/plan";
import { z } from "zod";
import { doubles, texts } from "../query/block-columns.ts";
import type { ReadContext } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { MAX_STEPS } from "./query-logql.ts";
import { type ListOptions, matchersOf, selectStreams } from "./stream-selection.ts";

const read = {
  perStep: readFileSync(new URL("./sql/lines-per-step.sql", import.meta.url), "utf8"),
  sampled: readFileSync(new URL("./sql/sampled-lines.sql", import.meta.url), "utf8"),
};
const stepRow = z.object({ step: z.number(), lines: z.number() });

/** About how many lines are looked at, the same share of all steps; and how many are answered for at most. */
const SAMPLED_LINES = 20_000;
const MAX_ANSWERED = 300;
const FOUND = { maxPatterns: 1000, maxAlike: 50 };
const SECOND_NS = 1_000_000_000n;
/** Others get their turn after so many lines. */
const LINES_PER_TURN = 1000;

/** What lines are like, found in a sample of them; how many there are is guessed from it for each step. */
export function listPatterns({ reader }: Pick<ListOptions, "reader">) {
  return async (request: ListPatternsRequest, context: ReadContext): Promise<ListPatternsResponse> => {
    const { selector, startUnixNano, endUnixNano, stepNanos } = request;
    if (stepNanos < SECOND_NS) throw invalid(`cannot use a step: got ${stepNanos} ns, want a second at least`);
    checkSteps(Number((endUnixNano - startUnixNano) / stepNanos) + 1, MAX_STEPS);
    const { selected, params } = selectStreams(matchersOf(selector), request);
    const asked = { ...params, stepNs: stepNanos };
    const steps = await reader.read({ sql: fill(read.perStep, { selected }), row: stepRow }, asked, context);
    const lines = new Map(steps.map((row) => [row.step, row.lines]));
    const all = steps.reduce((sum, row) => sum + row.lines, 0);
    const oneIn = Math.max(1, Math.round(all / SAMPLED_LINES));
    const counts = createCounts();
    const sample = { ...asked, oneIn, limit: 2 * SAMPLED_LINES };
    for await (const block of reader.readColumns(fill(read.sampled, { selected }), sample, context)) {
      if (block.rows > 0) await counts.add(doubles(block, "step"), texts(block, "body"));
    }
    return { patterns: counts.patterns(lines, stepNanos) };
  };
}

interface Counts {
  add(steps: Float64Array, lines: readonly string[]): Promise<void>;
  /** @param all how many lines each step has, sampled or not */
  patterns(all: ReadonlyMap<number, number>, stepNanos: bigint): LinePattern[];
}

function createCounts(): Counts {
  const find = createPatternFinder(FOUND);
  const counts = new Map<FoundPattern, Map<number, number>>();
  const sampled = new Map<number, number>();
  const increase = (of: Map<number, number>, step: number) => of.set(step, (of.get(step) ?? 0) + 1);
  return {
    async add(steps, lines) {
      for (const [at, line] of lines.entries()) {
        if (at % LINES_PER_TURN === LINES_PER_TURN - 1) await nextTurn();
        const step = steps[at] ?? 0;
        increase(sampled, step);
        const pattern = find(line);
        if (pattern === null) continue;
        const known = counts.get(pattern) ?? new Map<number, number>();
        counts.set(pattern, known);
        increase(known, step);
      }
    },
    patterns(all, stepNanos) {
      const scaled = (step: number, count: number) => ((all.get(step) ?? 0) / (sampled.get(step) ?? 1)) * count;
      return mergedByText(counts)
        .map(([pattern, of]) => ({ pattern, of, total: [...of].reduce((sum, [step, n]) => sum + scaled(step, n), 0) }))
        .sort((a, b) => b.total - a.total || (a.pattern < b.pattern ? -1 : 1))
        .slice(0, MAX_ANSWERED)
        .map(({ pattern, of }) => {
          const steps = [...of].sort(([a], [b]) => a - b);
          return {
            pattern,
            unixSeconds: steps.map(([step]) => (BigInt(step) * stepNanos) / SECOND_NS),
            lines: steps.map(([step, count]) => BigInt(Math.round(scaled(step, count)))),
          };
        });
    },
  };
}

/** Patterns that became the same while they became more general are one; those that say nothing are none. */
function mergedByText(counts: ReadonlyMap<FoundPattern, ReadonlyMap<number, number>>): [string, Map<number, number>][] {
  const merged = new Map<string, Map<number, number>>();
  for (const [pattern, of] of counts) {
    if (pattern.isAnything()) continue;
    const text = pattern.text();
    const known = merged.get(text) ?? new Map<number, number>();
    merged.set(text, known);
    for (const [step, count] of of) known.set(step, (known.get(step) ?? 0) + count);
  }
  return [...merged];
}
