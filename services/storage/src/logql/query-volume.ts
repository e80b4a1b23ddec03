import { readFileSync } from "node:fs";
import type { ReadBlock } from "@sightline/columns/read-blocks";
import { invalid } from "@sightline/errors/app-error";
import type {
  LogqlSeries,
  QueryVolumeRequest,
  QueryVolumeResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import type { LabelMatcher } from "@sightline/query/logql/ast";
import { compareLabels, labelsKey, sortedLabels } from "@sightline/query/logql/evaluate/series";
import { checkSteps } from "@sightline/query/logql/plan/plan";
import type { Labels } from "@sightline/query/logql/stages/line";
import { doubles } from "../query/block-columns.ts";
import type { ReadContext } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { namedColumns, STREAM_COLUMNS } from "./grouped-labels.ts";
import { namedReader, streamReader } from "./line-columns.ts";
import { createBudget } from "./line-source.ts";
import { flat, MAX_STEPS } from "./query-logql.ts";
import { selectionSql } from "./selection-sql.ts";
import { findKeys } from "./stored-keys.ts";
import { type ListOptions, matchersOf, streamSelection } from "./stream-selection.ts";

const volumeSql = readFileSync(new URL("./sql/volume.sql", import.meta.url), "utf8");

/** The bytes of one group of streams: by the number of the step since 1970. */
interface Volume {
  readonly labels: Labels;
  readonly bytes: Map<number, number>;
}

/** How many bytes of text the lines of streams have, over time or altogether. */
export function queryVolume({ reader, limits }: ListOptions) {
  return async (request: QueryVolumeRequest, context: ReadContext): Promise<QueryVolumeResponse> => {
    const { selector, targetLabels, stepNanos, startUnixNano, endUnixNano, byLabelName } = request;
    if (stepNanos < 0n) throw invalid("cannot use a step: got a negative one");
    if (stepNanos > 0n) checkSteps(Number((endUnixNano - startUnixNano) / stepNanos) + 1, MAX_STEPS);
    const matchers = matchersOf(selector);
    const names = namesOf(matchers, targetLabels);
    const selection = streamSelection([...matchers, ...havingAll(targetLabels)], request);
    const keys = await findKeys(selection, { reader, context, streamLabels: names ?? [], labels: [] });
    const { selected, streamLabel, params } = selectionSql(selection, keys);
    const columns = names === null ? STREAM_COLUMNS : namedColumns(names.map(streamLabel));
    const asked = { ...params, stepNs: stepNanos, limit: limits.maxPaneCounts + 1 };
    const budget = createBudget(limits);
    const volumes = new Map<string, Volume>();
    for await (const block of reader.readColumns(fill(volumeSql, { selected, ...columns }), asked, context)) {
      if (block.rows === 0) continue;
      budget.takeCounts(block.rows);
      addBlock(volumes, { block, names, byLabelName });
    }
    return { series: greatest([...volumes.values()], request).map((volume) => seriesOf(volume, request)) };
  };
}

/** The labels by which streams are told apart; null for all of them. */
function namesOf(matchers: readonly LabelMatcher[], targets: readonly string[]): readonly string[] | null {
  if (targets.length > 0) return [...new Set(targets)];
  return matchers.length === 0 ? null : [...new Set(matchers.map(({ name }) => name))];
}

function havingAll(names: readonly string[]): LabelMatcher[] {
  return names.map((name) => ({ name, operator: "!=", value: "", position: 0 }));
}

interface Grouped {
  readonly block: ReadBlock;
  readonly names: readonly string[] | null;
  readonly byLabelName: boolean;
}

function addBlock(volumes: Map<string, Volume>, { block, names, byLabelName }: Grouped): void {
  const labelsOf = names === null ? streamReader(block) : namedReader(block, names);
  const steps = doubles(block, "step");
  const bytes = doubles(block, "bytes");
  for (let row = 0; row < block.rows; row++) {
    const sum = { step: steps[row] ?? 0, bytes: bytes[row] ?? 0 };
    if (byLabelName) for (const name of labelsOf(row).keys()) add(volumes, new Map([[name, ""]]), sum);
    else add(volumes, sortedLabels(labelsOf(row)), sum);
  }
}

function add(volumes: Map<string, Volume>, labels: Labels, { step, bytes }: { step: number; bytes: number }): void {
  const key = labelsKey(labels);
  const volume = volumes.get(key) ?? { labels, bytes: new Map<number, number>() };
  volumes.set(key, volume);
  volume.bytes.set(step, (volume.bytes.get(step) ?? 0) + bytes);
}

/** Of each step as many as are wanted; the greatest of the first step first. */
function greatest(volumes: readonly Volume[], { limit }: QueryVolumeRequest): Volume[] {
  const byStep = new Map<number, Volume[]>();
  for (const volume of volumes) {
    for (const step of volume.bytes.keys()) push(byStep, step, volume);
  }
  for (const [step, there] of byStep) {
    if (there.length <= limit) continue;
    for (const { bytes } of there.sort(byBytes(step)).slice(limit)) bytes.delete(step);
  }
  const left = volumes.filter(({ bytes }) => bytes.size > 0);
  const first = new Map(left.map((volume) => [volume, volume.bytes.get(Math.min(...volume.bytes.keys())) ?? 0]));
  return left.sort((a, b) => (first.get(b) ?? 0) - (first.get(a) ?? 0) || compareLabels(a.labels, b.labels));
}

function push(byStep: Map<number, Volume[]>, step: number, volume: Volume): void {
  const there = byStep.get(step);
  if (there === undefined) byStep.set(step, [volume]);
  else there.push(volume);
}

function byBytes(step: number): (a: Volume, b: Volume) => number {
  return (a, b) => (b.bytes.get(step) ?? 0) - (a.bytes.get(step) ?? 0) || compareLabels(a.labels, b.labels);
}

function seriesOf({ labels, bytes }: Volume, { stepNanos, endUnixNano }: QueryVolumeRequest): LogqlSeries {
  const steps = [...bytes.keys()].sort((a, b) => a - b);
  return {
    labels: flat(labels),
    unixMs: steps.map((step) => Number(endOf(BigInt(step), stepNanos, endUnixNano) / 1_000_000n)),
    values: steps.map((step) => bytes.get(step) ?? 0),
  };
}

/** The last millisecond of a step, or the end of the range. */
function endOf(step: bigint, stepNanos: bigint, end: bigint): bigint {
  const next = (step + 1n) * stepNanos;
  return stepNanos === 0n || next >= end ? end : next - 1_000_000n;
}
