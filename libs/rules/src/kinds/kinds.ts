import type { MapReader } from "../yaml/map-reader.ts";
import { formatAnomaly, readAnomaly } from "./anomaly.ts";
import { formatBurnRate, readBurnRate } from "./burn-rate.ts";
import { formatChange, readChange } from "./change.ts";
import { formatChecks, readChecks } from "./checks.ts";
import { formatComposite, readComposite } from "./composite.ts";
import { formatEvents, readEvents } from "./events.ts";
import { formatExpression } from "./expression.ts";
import type { Source } from "./source.ts";

/** The kinds of rules beside expressions, by the field below `sightline` that says what they are. A new kind is a file and a line here. */
export const KINDS: Readonly<Record<string, (reader: MapReader) => Source | undefined>> = {
  events: readEvents,
  checks: readChecks,
  composite: readComposite,
  slo: readBurnRate,
  change: readChange,
  anomaly: readAnomaly,
};

/** What stands below `sightline` for a source; of PromQL nothing, as that is `expr`. */
export function formatSource(source: Source): object {
  switch (source.kind) {
    case "query":
      return source.language === "promql" ? {} : formatExpression(source);
    case "events":
      return { events: formatEvents(source) };
    case "checks":
      return { checks: formatChecks(source) };
    case "composite":
      return { composite: formatComposite(source) };
    case "burn_rate":
      return { slo: formatBurnRate(source) };
    case "change":
      return { change: formatChange(source) };
    case "anomaly":
      return { anomaly: formatAnomaly(source) };
  }
}
