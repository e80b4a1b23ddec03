import { cutOut } from "./cut-out.ts";
import { type SeriesGate, walkSeries } from "./series-walk.ts";
import type { Validated } from "./validate.ts";

/**
 * Leaves out the points of series that the gate does not let pass.
 *
 * @param validated metrics that were walked
 * @param describe says why, for the first one, which is of that metric
 */
export function limitSeries(validated: Validated, gate: SeriesGate, describe: (metric: string) => string): Validated {
  const { payload, records, refused } = validated;
  const { cuts, metric } = walkSeries(payload, gate);
  if (cuts.length === 0) return validated;
  const reasons = new Map(refused.reasons).set("series", cuts.length);
  const series = `${cuts.length} data points are of new series: ${describe(metric)}`;
  return {
    payload: cutOut(payload, cuts),
    records: records - cuts.length,
    refused: {
      records: refused.records + cuts.length,
      message: refused.message === "" ? series : `${refused.message}; ${series}`,
      firstMessage: refused.firstMessage === "" ? series : refused.firstMessage,
      reasons,
      which: refused.which,
    },
  };
}
