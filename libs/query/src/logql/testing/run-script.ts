import assert from "node:assert/strict";
import { evaluateLogql } from "../evaluate/engine.ts";
import type { LogqlLimits } from "../evaluate/limits.ts";
import type { LogqlResult } from "../evaluate/result.ts";
import { labelsKey, sortedLabels } from "../evaluate/series.ts";
import { format } from "../format.ts";
import { parseLogql } from "../logql.ts";
import { planLogql } from "../plan/plan.ts";
import type { Labels } from "../stages/line.ts";
import { createMemorySource } from "./memory-source.ts";
import type { Evaluation, Expectation } from "./script.ts";

/** Limits that no test of behaviour comes near. */
export const testLimits: LogqlLimits = {
  maxSeries: 1000,
  maxCells: 10_000_000,
  maxSamples: 100_000,
  maxTextLength: 10_000_000,
};

/** Runs one query of a script as it is written, and once more as it is printed. */
export async function runEvaluation(evaluation: Evaluation): Promise<void> {
  const { expectation, query, place } = evaluation;
  if (expectation.kind === "failure") {
    await assert.rejects(
      answer(evaluation, query),
      (error: Error) => {
        const { message, pattern } = expectation;
        if (message !== null)
          assert.ok(error.message.includes(message), `${place}: got ${error.message}, want ${message}`);
        if (pattern !== null) assert.match(error.message, new RegExp(pattern), place);
        return true;
      },
      place,
    );
    return;
  }
  const printed = format(parseLogql(query));
  for (const text of [query, printed]) {
    const result = await answer(evaluation, text);
    checkAnswer(result, { ...evaluation, expectation }, `${place} ${text}`);
  }
}

async function answer({ lines, startNs, endNs, stepNs, direction }: Evaluation, query: string): Promise<LogqlResult> {
  const parameters = { startNs, endNs, stepNs, direction, limit: 100_000, nowNs: 0n, maxSteps: 11_000 };
  const plan = planLogql(parseLogql(query), parameters);
  const signal = AbortSignal.timeout(10_000);
  return await evaluateLogql(plan, {
    source: createMemorySource(lines),
    limits: testLimits,
    signal,
    categorizeLabels: true,
  });
}

function checkAnswer(result: LogqlResult, evaluation: Evaluation, place: string): void {
  const { expectation } = evaluation;
  switch (expectation.kind) {
    case "empty":
      assert.deepEqual(seriesOf(result, evaluation), [], place);
      break;
    case "scalar":
      assert.equal(result.type, "scalar", place);
      assertClose(result.type === "scalar" ? result.value : null, expectation.value, place);
      break;
    case "lines":
      assert.deepEqual(linesOf(result), wantedLines(expectation), place);
      break;
    case "series":
      checkSeries(seriesOf(result, evaluation), expectation, place);
      break;
    default:
  }
}

interface Got {
  readonly key: string;
  readonly values: (number | null)[];
}

function keyOf(labels: Labels): string {
  return labelsKey(sortedLabels(labels));
}

function seriesOf(result: LogqlResult, { startNs, endNs, stepNs }: Evaluation): Got[] {
  if (result.type === "vector")
    return result.samples.map(({ labels, value }) => ({ key: keyOf(labels), values: [value] }));
  if (result.type === "streams") return result.streams.map(({ labels }) => ({ key: keyOf(labels), values: [] }));
  if (result.type !== "matrix") return [{ key: result.type, values: [] }];
  const steps = Number((endNs - startNs) / BigInt(stepNs)) + 1;
  return result.series.map(({ labels, points }) => {
    const values: (number | null)[] = Array.from({ length: steps }, () => null);
    for (const { timestampMs, value } of points) {
      values[(timestampMs - Number(startNs / 1_000_000n)) / (stepNs / 1e6)] = value;
    }
    return { key: keyOf(labels), values };
  });
}

function checkSeries(
  got: readonly Got[],
  { series, isOrdered }: Expectation & { kind: "series" },
  place: string,
): void {
  const wanted = series.map(({ labels, values }) => ({ key: keyOf(labels), values }));
  const inOrder = <T extends { key: string }>(list: readonly T[]) =>
    isOrdered ? list : [...list].sort((a, b) => (a.key < b.key ? -1 : 1));
  const ours = inOrder(got);
  const theirs = inOrder(wanted);
  assert.deepEqual(
    ours.map(({ key }) => key),
    theirs.map(({ key }) => key),
    place,
  );
  for (const [index, { values }] of theirs.entries()) {
    const mine = ours[index]?.values ?? [];
    assert.equal(mine.length, values.length, `${place}: got ${mine}, want ${values}`);
    for (const [step, value] of values.entries())
      assertClose(mine[step] ?? null, value, `${place}: got ${mine}, want ${values}`);
  }
}

function assertClose(got: number | null, want: number | null, place: string): void {
  if (got === null || want === null || !Number.isFinite(want)) {
    assert.ok(Object.is(got, want), `${place}: got ${got}, want ${want}`);
    return;
  }
  const tolerance = 1e-9 * Math.max(1, Math.abs(want));
  assert.ok(Math.abs(got - want) <= tolerance, `${place}: got ${got}, want ${want}`);
}

interface ComparedLine {
  readonly text: string;
  readonly timestampNs: bigint;
  readonly metadata: string;
  readonly parsed: string;
}

function linesOf(result: LogqlResult): Map<string, ComparedLine[]> {
  assert.equal(result.type, "streams");
  const streams = result.type === "streams" ? result.streams : [];
  const entries = streams.map(({ labels, lines }): [string, ComparedLine[]] => [
    keyOf(labels),
    lines.map(({ metadata, parsed, ...line }) => ({ ...line, metadata: keyOf(metadata), parsed: keyOf(parsed) })),
  ]);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function wantedLines({ lines }: Expectation & { kind: "lines" }): Map<string, ComparedLine[]> {
  const streams = new Map<string, ComparedLine[]>();
  for (const { stream, text, timestampNs, metadata, parsed } of lines) {
    const key = keyOf(stream);
    const line = { text, timestampNs, metadata: keyOf(metadata ?? new Map()), parsed: keyOf(parsed) };
    streams.set(key, [...(streams.get(key) ?? []), line]);
  }
  return new Map([...streams].sort(([a], [b]) => (a < b ? -1 : 1)));
}
