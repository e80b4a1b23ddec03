import { timeAt } from "../grid.ts";
import { noLabels } from "../labels.ts";
import { createSeriesWriter, type StepValues } from "../value.ts";
import { type FunctionDefinition, type VectorCall, vectorFunction } from "./definition.ts";
import { mapVector } from "./math.ts";

const dayMs = 86_400_000;

/** Applies something to the UTC date of each value (seconds since 1970), or of the step where no vector is given. */
function ofDate(call: VectorCall, part: (date: Date) => number): StepValues | Promise<StepValues> {
  const partOf = (seconds: number) => part(new Date(Math.trunc(seconds) * 1000));
  if (call.arguments.length > 0) return mapVector(call, 0, partOf);
  const writer = createSeriesWriter(call.grid.count);
  for (let step = 0; step < call.grid.count; step++) {
    writer.setFloat(step, partOf(Math.floor(timeAt(call.grid, step) / 1000)));
  }
  return { kind: "vector", series: [writer.series(noLabels, false)] };
}

function dateFunction(name: string, part: (date: Date) => number): FunctionDefinition {
  return vectorFunction(name, ["vector"], (call) => ofDate(call, part), { variadic: 1 });
}

export const dateFunctions: readonly FunctionDefinition[] = [
  dateFunction("minute", (date) => date.getUTCMinutes()),
  dateFunction("hour", (date) => date.getUTCHours()),
  dateFunction("day_of_week", (date) => date.getUTCDay()),
  dateFunction("day_of_month", (date) => date.getUTCDate()),
  dateFunction(
    "day_of_year",
    (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1,
  ),
  dateFunction("days_in_month", (date) =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  ),
  dateFunction("month", (date) => date.getUTCMonth() + 1),
  dateFunction("year", (date) => date.getUTCFullYear()),
];
