import {
  Aggregation,
  type LabelMatcher,
  MatchOperator,
  type MetricInfo,
  type Series,
  SeriesFunction,
} from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { enumWords, labels } from "./scalars.ts";

export const functions = enumWords(
  ["rate", "increase", "avg_over_time", "min_over_time", "max_over_time"],
  [
    SeriesFunction.RATE,
    SeriesFunction.INCREASE,
    SeriesFunction.AVG_OVER_TIME,
    SeriesFunction.MIN_OVER_TIME,
    SeriesFunction.MAX_OVER_TIME,
  ],
);

export const aggregations = enumWords(
  ["sum", "avg", "min", "max", "count"],
  [Aggregation.SUM, Aggregation.AVG, Aggregation.MIN, Aggregation.MAX, Aggregation.COUNT],
);

const operators = enumWords(
  ["=", "!=", "=~", "!~"],
  [MatchOperator.UNSPECIFIED, MatchOperator.NOT_EQUAL, MatchOperator.REGEX, MatchOperator.NOT_REGEX],
);

const matcherPattern = /^([^=!~]+?)(=~|!~|!=|=)(.*)$/s;

/** A matcher as one text: label, operator, value, without quotes: `service=api`, `status=~5..`. */
export const matcherSyntax = z
  .string()
  .regex(matcherPattern, "want <label><operator><value> with one of = != =~ !~, for example status=~5..");

/** @param text in the syntax of `matcherSyntax` */
export function matcherFromText(text: string): LabelMatcher {
  const [, name = "", operator = "=", value = ""] = matcherPattern.exec(text) ?? [];
  const known = operators.schema.parse(operator);
  return { name: name.trim(), operator: operators.toNumber(known), value };
}

export function matcherToText(matcher: LabelMatcher): string {
  return `${matcher.name}${operators.toWord(matcher.operator) ?? "="}${matcher.value}`;
}

export const seriesForm = z.object({
  labels,
  points: z.array(z.tuple([z.number(), z.number().nullable()])).describe("[milliseconds since the Unix epoch, value]"),
});

/** NaN and infinities, which JSON has no number for, become null. */
export function seriesToJson(series: Series): z.infer<typeof seriesForm> {
  return {
    labels: series.labels,
    points: series.timesUnixMs.map((time, at) => {
      const value = series.values[at];
      return [Number(time), value !== undefined && Number.isFinite(value) ? value : null];
    }),
  };
}

export const metricInfoForm = z.object({
  name: z.string(),
  type: z.string(),
  unit: z.string(),
  description: z.string(),
  seriesCount: z.number(),
  labelNames: z.array(z.string()),
});

export function metricInfoToJson(info: MetricInfo): z.infer<typeof metricInfoForm> {
  return { ...info, seriesCount: Number(info.seriesCount) };
}
