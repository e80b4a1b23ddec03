import type { Clock } from "@sightline/model/time";
import type { Reader } from "../query/reader.ts";
import type { TraceQlLimits } from "./limits.ts";

/** What answers to TraceQL are made with. */
export interface TraceqlOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly limits: TraceQlLimits;
}
