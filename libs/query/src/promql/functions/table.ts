import { absenceFunctions } from "./absence.ts";
import { changeFunctions } from "./changes.ts";
import { dateFunctions } from "./dates.ts";
import { type FunctionDefinition, specialFunction } from "./definition.ts";
import { histogramFunctions } from "./histograms.ts";
import { instantRateFunctions } from "./instant-rate.ts";
import { labelFunctions } from "./label-functions.ts";
import { mathFunctions } from "./math.ts";
import { overTimeFunctions } from "./over-time.ts";
import { rateFunctions } from "./rate.ts";
import { scalarFunctions } from "./scalars.ts";
import { sortFunctions } from "./sorting.ts";
import { trendFunctions } from "./trends.ts";

/** Every function by its name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    ...rateFunctions,
    ...instantRateFunctions,
    ...overTimeFunctions,
    ...changeFunctions,
    ...trendFunctions,
    ...mathFunctions,
    ...dateFunctions,
    ...scalarFunctions,
    ...histogramFunctions,
    ...labelFunctions,
    ...sortFunctions,
    ...absenceFunctions,
    specialFunction("timestamp", ["vector"]),
    specialFunction("start_timestamp", ["vector"], { isExperimental: true }),
    specialFunction("info", ["vector", "vector"], { variadic: 1, isExperimental: true }),
  ].map((definition) => [definition.name, definition] as const),
);
