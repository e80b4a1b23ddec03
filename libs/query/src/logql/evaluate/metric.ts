import { AppError } from "@sightline/errors/app-error";
import type { Breathe } from "../../breath.ts";
import type { MetricExpression, RangeAggregation } from "../ast.ts";
import type { RangeRead } from "../plan/log-plan.ts";
import { evaluateBinary } from "./binary.ts";
import { replaceLabels } from "./label-replace.ts";
import { evaluateRange, type RangeOptions } from "./range.ts";
import { createSeries, type Series } from "./series.ts";
import { seriesValue, type Value } from "./value.ts";
import { aggregateVector } from "./vector-aggregation.ts";

/** The same, with the readings of all range functions. */
export interface MetricOptions extends RangeOptions {
  readonly reads: readonly RangeRead[];
  readonly breathe: Breathe;
}

/** The value of a metric expression at every point of the grid. Readings follow one another. */
export async function evaluateMetric(expression: MetricExpression, options: MetricOptions): Promise<Value> {
  const value = await evaluateNode(expression, options);
  // Readings let others run; what is made of them may be a long chain.
  await options.breathe();
  return value;
}

async function evaluateNode(expression: MetricExpression, options: MetricOptions): Promise<Value> {
  const { breathe } = options;
  const { steps } = options.grid;
  switch (expression.type) {
    case "number":
      return { type: "scalar", value: expression.value };
    case "vector":
      return seriesValue([constantSeries(expression.value, steps)]);
    case "range_aggregation":
      return seriesValue(await evaluateRange(readOf(expression, options), options));
    case "vector_aggregation": {
      const inner = await evaluateMetric(expression.inner, options);
      return aggregateVector(expression, seriesOf(inner, steps), { steps, breathe });
    }
    case "label_replace": {
      const inner = await evaluateMetric(expression.inner, options);
      return seriesValue(replaceLabels(expression, seriesOf(inner, steps)));
    }
    case "binary": {
      const left = await evaluateMetric(expression.left, options);
      const right = await evaluateMetric(expression.right, options);
      return evaluateBinary(expression, [left, right], { steps, breathe });
    }
  }
}

function readOf(aggregation: RangeAggregation, { reads }: MetricOptions): RangeRead {
  const read = reads.find((candidate) => candidate.aggregation === aggregation);
  if (read === undefined)
    throw new AppError("internal", "cannot evaluate query: got a plan of another query, want its own");
  return read;
}

function constantSeries(value: number, steps: number): Series {
  const series = createSeries(new Map(), steps);
  series.values.fill(value);
  series.present.fill(1);
  return series;
}

/** A number where series are wanted is one series without labels. */
function seriesOf(value: Value, steps: number): readonly Series[] {
  return value.type === "series" ? value.series : [constantSeries(value.value, steps)];
}
