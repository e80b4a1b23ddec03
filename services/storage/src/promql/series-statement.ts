import { readFileSync } from "node:fs";
import type { LabelMatcher } from "@sightline/query/promql/ast";
import { fill } from "../query/statement.ts";
import { selectsInDatabase } from "./matchers.ts";

const conditions = readFileSync(new URL("./sql/series-conditions.sql", import.meta.url), "utf8");
const labels = readFileSync(new URL("./sql/label-conditions.sql", import.meta.url), "utf8");

const named = readFileSync(new URL("./sql/named.sql", import.meta.url), "utf8");

/** How few series are told to the database one by one: they have to fit into the head of a request. */
export const MAX_NAMED_SERIES = 200;

/** A statement on some series of metrics. */
export type SeriesStatement = (which: WhichSeries) => string;

export interface WhichSeries {
  readonly matchers: readonly LabelMatcher[];
  /** Whether only some of them are meant, by their `fingerprints`. */
  readonly areNamed?: boolean;
}

/**
 * A statement with `{{conditions}}` on series. Where there are none on stored labels it does not look at them: that costs more than to
 * find a series.
 */
export function seriesStatement(template: string): SeriesStatement {
  const filled = (some: string) => fill(template, { conditions: fill(conditions, { labels: some }) });
  const [all, labelled, told] = [filled(""), filled(labels), filled(named)];
  return ({ matchers, areNamed = false }) => {
    if (areNamed) return told;
    return selectsInDatabase(matchers) ? labelled : all;
  };
}
