import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { TimeRange } from "@sightline/model/time";
import type { MetricsFunction } from "@sightline/query/traceql/ast";
import { single } from "@sightline/query/traceql/compile";
import type { Intervals } from "@sightline/query/traceql/metrics/intervals";
import type { MetricsLeaf } from "@sightline/query/traceql/metrics/metrics-leaf";
import type { MetricsLeafPlan } from "@sightline/query/traceql/plan";
import { cellReader } from "@sightline/query/traceql/read-field";
import type { StoredField } from "@sightline/query/traceql/stored-field";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { count, int64 } from "../query/row-types.ts";
import { fill } from "../query/statement.ts";
import { type Bind, createBind } from "./bind.ts";
import { cellOf, spanCell } from "./span-cells.ts";
import { spanColumn } from "./span-columns.ts";
import { numberSql } from "./span-conditions.ts";
import { spansSql } from "./span-hints.ts";

const template = readFileSync(new URL("./sql/measure-spans.sql", import.meta.url), "utf8");
const sampleTemplate = readFileSync(new URL("./sql/sample-spans.sql", import.meta.url), "utf8");

const NANOS_PER_SECOND = 1e9;
const SECONDS_PER_STEP = 300n;
const STEP_NANOS = SECONDS_PER_STEP * 1_000_000_000n;
const MOST_STEPS = 24n;
const NANOS_PER_MS = 1e6;

/** As text, since JSON has no infinity. */
const number = z.string().transform((text) => Number(text.replace("inf", "Infinity")));

/**
 * Has the database compute a metric all by itself, where the plan says that it can, and gives the groups to the leaf. Throws
 * resource_exhausted for more than `maxGroups` of them.
 */
export async function measureSpans(
  reader: Reader,
  plan: PushedPlan,
  { leaf, intervals, maxGroups, context }: Measurement,
): Promise<void> {
  const { bind, params } = createBind();
  const cells = plan.pushdown.by.map((field) => ({ ...spanCell(field, bind), toValue: cellReader(field) }));
  const measured = numberOf(plan.metrics, plan.pushdown.field, bind);
  const sql = fill(template, {
    names: cells.map((_, at) => `g${at},`).join(" "),
    groups: cells.map((cell, at) => `${cell.sql} AS g${at},`).join("\n        "),
    number: measured.sql,
    exponent: measured.isBucketed ? EXPONENT : "toInt16(0)",
    spans: spansSql(plan.spans, bind),
    kept: measured.kept,
  });
  const row = z.object({
    ...{ interval: int64, exponent: z.number(), count, least: number, greatest: number, total: number },
    ...Object.fromEntries(cells.map((cell, at) => [`g${at}`, cell.read])),
  });
  const rows = await reader.read({ sql, row }, { ...params, ...boundsOf(intervals), limit: maxGroups + 1 }, context);
  if (rows.length > maxGroups) {
    const message = `cannot compute metrics: got more than ${maxGroups} groups of spans`;
    throw new AppError("resource_exhausted", `${message}, want fewer groups, a shorter range or a longer step`);
  }
  for (const group of rows) {
    const by = cells.map(({ toValue }, at) => single(toValue(cellOf(Reflect.get(group, `g${at}`)))));
    const { unit } = measured;
    leaf.observeGroup(by, Number(group.interval), {
      count: group.count,
      min: group.least / unit,
      max: group.greatest / unit,
      sum: group.total / unit,
      exponent: group.exponent,
    });
  }
}

/** Gives the leaf some of the spans that were measured as examples, at most four times as many as it may keep. */
export async function sampleSpans(
  reader: Reader,
  plan: PushedPlan,
  { leaf, intervals, maxExemplars, context }: Sampling,
): Promise<void> {
  const { bind, params } = createBind();
  const cells = plan.pushdown.by.map((field) => ({ ...spanCell(field, bind), toValue: cellReader(field) }));
  const measured = numberOf(plan.metrics, plan.pushdown.field, bind);
  const sql = fill(sampleTemplate, {
    groups: cells.map((cell, at) => `${cell.sql} AS g${at},`).join("\n    "),
    number: measured.sql,
    spans: spansSql(plan.spans, bind),
    kept: measured.kept,
  });
  const row = z.object({
    ...{ traceId: z.string(), start: int64, value: number },
    ...Object.fromEntries(cells.map((cell, at) => [`g${at}`, cell.read])),
  });
  const bounds = boundsOf(intervals);
  const part = (intervals.endUnixNano - intervals.startUnixNano) / BigInt(maxExemplars) + 1n;
  const own = {
    first: bounds.first,
    start: bounds.start,
    end: bounds.end,
    part: String(part),
    steps: [...sampledSteps(intervals)],
    limit: 4 * maxExemplars,
  };
  for (const span of await reader.read({ sql, row }, { ...params, ...own }, context)) {
    const by = cells.map(({ toValue }, at) => single(toValue(cellOf(Reflect.get(span, `g${at}`)))));
    const timestampMs = Number(span.start) / NANOS_PER_MS;
    const value = plan.pushdown.field === null ? Number.NaN : span.value;
    leaf.observeExample(by, intervals.indexOf(span.start), { traceId: span.traceId, timestampMs, value });
  }
}

/** The starts of steps of the table's sort key that are looked at for examples, in seconds: as many as are allowed, evenly spread. */
export function* sampledSteps({ startUnixNano, endUnixNano }: TimeRange): Generator<number> {
  const first = startUnixNano / STEP_NANOS;
  const count = endUnixNano / STEP_NANOS - first + 1n;
  const taken = count < MOST_STEPS ? count : MOST_STEPS;
  for (let at = 0n; at < taken; at++) yield Number((first + (at * count) / taken) * SECONDS_PER_STEP);
}

export type PushedPlan = MetricsLeafPlan & { readonly pushdown: NonNullable<MetricsLeafPlan["pushdown"]> };

export interface Sampling extends Omit<Measurement, "maxGroups"> {
  readonly maxExemplars: number;
}

export interface Measurement {
  readonly leaf: MetricsLeaf;
  readonly intervals: Intervals;
  readonly maxGroups: number;
  readonly context: ReadContext;
}

/** Of an instant query its start belongs to it too. */
function boundsOf({ startUnixNano, endUnixNano, stepNanos, isInstant }: Intervals) {
  return {
    first: String(startUnixNano),
    step: String(stepNanos),
    start: String(isInstant ? startUnixNano : startUnixNano + 1n),
    end: String(endUnixNano + 1n),
  };
}

/** The smallest power of two that is not below the number; logarithms of large numbers are rounded. */
const EXPONENT = `toInt16(if(number > 0 AND number < inf,
            ceil(log2(number)) + (exp2(ceil(log2(number))) < number) - (exp2(ceil(log2(number)) - 1) >= number), 0))`;

/** The number of a span that a function looks at, what it is divided by, and which numbers count. */
function numberOf(metrics: MetricsFunction, field: StoredField | null, bind: Bind) {
  if (field === null) return { sql: "0.", unit: 1, kept: "1", isBucketed: false };
  const isBucketed = metrics.function === "quantile_over_time" || metrics.function === "histogram_over_time";
  const column = spanColumn(field, bind);
  const isDuration = column.type === "number" || column.type === "numbers";
  const least = isDuration ? "number >= 2" : "number > 0";
  return {
    sql: `ifNull(${sqlOfNumber(column)}, nan)`,
    unit: isDuration ? NANOS_PER_SECOND : 1,
    kept: isBucketed ? `${least} AND number < inf` : "NOT isNaN(number)",
    isBucketed,
  };
}

/** Of several events or links there is no one number. */
function sqlOfNumber({ type, value, there }: ReturnType<typeof spanColumn>): string {
  switch (type) {
    case "number":
      return `toFloat64(${value})`;
    case "numbers":
      return `if(length(${value}) = 1, toFloat64(${value}[1]), nan)`;
    case "texts":
      return `if(length(${value}) = 1, ${numberSql(`${value}[1]`)}, NULL)`;
    default:
      return there === null ? numberSql(value) : `if(${there}, ${numberSql(value)}, NULL)`;
  }
}
