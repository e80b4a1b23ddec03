import { AppError } from "@sightline/errors/app-error";
import type { Endpoint } from "./endpoint.ts";

/** What Prometheus answers as long as nobody has enabled it: how to delete data is not for whoever may query to say, and search is an experiment. */
export const disabledEndpoints: readonly Endpoint[] = [
  ...["delete_series", "clean_tombstones", "snapshot"].map((name) =>
    disabled(`/admin/tsdb/${name}`, "admin APIs disabled"),
  ),
  ...["metric_names", "label_names", "label_values"].map((name) => disabled(`/search/${name}`, "search API disabled")),
];

function disabled(path: string, message: string): Endpoint {
  return {
    path,
    post: true,
    answer: async () => {
      throw new AppError("unavailable", message);
    },
  };
}
