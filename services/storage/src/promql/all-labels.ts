import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { findMetrics, type SelectionLimits } from "./find-metrics.ts";
import { findSeries } from "./find-series.ts";
import { seriesLabels } from "./series-labels.ts";
import type { SelectionOptions } from "./stored-selection.ts";

const read = {
  names: readFileSync(new URL("./sql/label-names.sql", import.meta.url), "utf8"),
  values: readFileSync(new URL("./sql/label-values.sql", import.meta.url), "utf8"),
  resources: readFileSync(new URL("./sql/resource-values.sql", import.meta.url), "utf8"),
};
const names = { sql: read.names, row: z.object({ name: z.string() }) };
const values = { sql: read.values, row: z.object({ value: z.string() }) };
const resources = {
  sql: read.resources,
  row: z.object({
    job: z.string(),
    instance: z.string(),
    serviceNamespace: z.string(),
    serviceName: z.string(),
    serviceInstance: z.string(),
  }),
};

/** The names of the labels of all series, in no order. */
export async function allLabelNames({ reader, limits }: SelectionOptions, range: Params, context: ReadContext) {
  const found = await reader.read(names, { ...range, limit: limits.maxSeries + 1 }, context);
  checkCount(found.length, limits);
  const parts = await findMetrics(reader, { matchers: [], range, limits, context });
  if (parts.length === 0) return [];
  const made = ["__name__"];
  for (const labels of await resourceLabels(reader, { range, limits, context })) {
    for (const { name } of labels) if (name === "job" || name === "instance") made.push(name);
  }
  for (const { label } of parts) if (label !== undefined) made.push(label);
  return [...found.map(({ name }) => name), ...made];
}

interface ValuesQuestion {
  readonly name: string;
  readonly range: Params;
  readonly context: ReadContext;
}

/** The values of a label of all series, in no order. */
export async function allLabelValues(
  { reader, limits, catalog }: SelectionOptions,
  { name, range, context }: ValuesQuestion,
) {
  switch (name) {
    case "__name__":
      return (await findMetrics(reader, { matchers: [], range, limits, context })).map((part) => part.name);
    case "job":
    case "instance": {
      const all = await resourceLabels(reader, { range, limits, context });
      return all.flatMap((labels) => labels.filter((label) => label.name === name).map(({ value }) => value));
    }
    case "le":
    case "quantile": {
      const matchers = [{ name, operator: "!=", value: "" }] as const;
      const series = await findSeries({ reader, limits, catalog }, { matchers, range, context });
      return series.flatMap((labels) => labels.filter((label) => label.name === name).map(({ value }) => value));
    }
    default: {
      const found = await reader.read(values, { ...range, name, limit: limits.maxSeries + 1 }, context);
      checkCount(found.length, limits);
      return found.map(({ value }) => value);
    }
  }
}

interface ResourceQuestion {
  readonly range: Params;
  readonly limits: SelectionLimits;
  readonly context: ReadContext;
}

/** The labels that the resources of all series make. */
async function resourceLabels(reader: Reader, { range, limits, context }: ResourceQuestion) {
  const rows = await reader.read(resources, { ...range, limit: limits.maxSeries + 1 }, context);
  checkCount(rows.length, limits);
  return rows.map(({ job, instance, ...row }) => {
    const given = Object.entries({ job, instance }).filter(([, value]) => value !== "");
    return seriesLabels("", { ...row, attributes: new Map(given) });
  });
}

function checkCount(count: number, { maxSeries }: SelectionLimits): void {
  if (count <= maxSeries) return;
  const message = `cannot list labels: got more than ${maxSeries}, want at most that many; add match[]`;
  throw new AppError("resource_exhausted", message);
}
