import { z } from "zod";
import { moment } from "../json/scalars.ts";
import type { CurrentValue } from "./current-values.ts";

const currentForm = z.array(z.object({ labels: z.record(z.string(), z.string()), value: z.number(), time: moment }));

/** The newest values of metrics, by metric, as the monitoring API shows them. */
export const resourcesForm = z.record(z.string(), currentForm);

/** Newest values in that form. */
export function resourcesToJson(metrics: ReadonlyMap<string, readonly CurrentValue[]>): z.infer<typeof resourcesForm> {
  return Object.fromEntries(
    [...metrics].map(([name, values]) => [
      name,
      values.map(({ labels, value, timeMs }) => ({
        labels: { ...labels },
        value,
        time: new Date(timeMs).toISOString(),
      })),
    ]),
  );
}
