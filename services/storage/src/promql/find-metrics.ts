import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { createMatch } from "@sightline/query/promql/matcher";
import { z } from "zod";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { type NamedPart, partsOf } from "./metric-names.ts";

const metricsSql = readFileSync(new URL("./sql/metrics.sql", import.meta.url), "utf8");

const metrics = { sql: metricsSql, row: z.object({ name: z.string(), types: z.array(z.string()) }) };

/** How much one selection may read. */
export interface SelectionLimits {
  readonly maxMetrics: number;
  readonly maxSeries: number;
  readonly maxSamples: number;
}

export interface MetricsQuestion {
  readonly matchers: readonly LabelMatcher[];
  readonly range: Params;
  readonly limits: SelectionLimits;
  readonly context: ReadContext;
}

/** Of all stored metrics those that the conditions on the name leave, and what of each is asked for. */
export async function findMetrics(reader: Reader, question: MetricsQuestion): Promise<NamedPart[]> {
  const { matchers, range, limits, context } = question;
  const onName = matchers.filter(({ name }) => name === "__name__");
  const rows = await reader.read(metrics, { ...range, limit: limits.maxMetrics + 1 }, context);
  if (rows.length > limits.maxMetrics) {
    const message = `cannot select metrics: got more than ${limits.maxMetrics}, want at most that many; give a name`;
    throw new AppError("resource_exhausted", message);
  }
  const tests = onName.map(createMatch);
  return rows
    .flatMap(({ name, types }) => partsOf(name, types))
    .filter(({ name }) => tests.every((matches) => matches(name)));
}
