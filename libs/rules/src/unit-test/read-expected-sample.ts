import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { parseMetric, parsePoints } from "@sightline/query/promql/series-notation";
import { type ShownSample, shownSample } from "./format-results.ts";
import type { ExpectedSample } from "./unit-test-file.ts";

/** An expected sample as those of answers are shown. Throws invalid_argument when its labels or its histogram cannot be read. */
export function readExpectedSample({ labels, value, histogram }: ExpectedSample): ShownSample {
  try {
    const metric = parseMetric(labels.trim());
    if (histogram === "") return shownSample(metric, value);
    const points = parsePoints(histogram);
    const [point] = points;
    if (points.length !== 1) throw new Error(`expected 1 value, got ${points.length}`);
    if (typeof point !== "object" || point === null) throw new Error(`expected histogram, got ${histogram}`);
    return shownSample(metric, point);
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalid(`labels ${quote(labels)}: ${problem}`, thrown);
  }
}
