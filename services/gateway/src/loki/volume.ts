import { invalid } from "@sightline/errors/app-error";
import type { Parameters } from "../http/request-parameters.ts";
import { callOf } from "../http/storage-call.ts";
import { type Endpoint, JSON_TYPE } from "./endpoint.ts";
import { countOf, DEFAULT_LIMIT, limitOf, rangeOf, stepOf } from "./parameters.ts";
import { matrixJson, sampleJson } from "./result-json.ts";

export const volumeEndpoints: readonly Endpoint[] = [
  {
    path: "/index/volume",
    post: true,
    answer: async (request, { logql, clock }) => {
      const { parameters } = request;
      const asked = { ...aggregationOf(parameters), ...rangeOf(parameters, clock()), stepNanos: 0n };
      const { series } = await logql.call("queryVolume", asked, callOf(request));
      return volumes("vector", series.map(sampleJson));
    },
  },
  {
    path: "/index/volume_range",
    post: true,
    answer: async (request, { logql, clock }) => {
      const { parameters } = request;
      const range = rangeOf(parameters, clock());
      const asked = { ...aggregationOf(parameters), ...range, stepNanos: stepOf(parameters, range) };
      const { series } = await logql.call("queryVolume", asked, callOf(request));
      return volumes("matrix", series.map(matrixJson));
    },
  },
];

function aggregationOf(parameters: Parameters) {
  const aggregateBy = parameters.get("aggregateBy");
  if (!["", "series", "labels"].includes(aggregateBy)) throw invalid("invalid aggregation option");
  return {
    selector: parameters.get("query"),
    limit: countOf(parameters, "limit", 0) === 0 ? DEFAULT_LIMIT : limitOf(parameters),
    targetLabels: parameters
      .get("targetLabels")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    byLabelName: aggregateBy === "labels",
  };
}

function volumes(resultType: "vector" | "matrix", series: readonly string[]) {
  const data = `{"resultType":"${resultType}","result":[${series.join()}],"stats":{}}`;
  return { contentType: JSON_TYPE, pieces: [`{"status":"success","data":${data}}`] };
}
