import { WIRE_CODES } from "@sightline/errors/wire-codes";
import type { Router } from "express";
import { createQueryApi, type QueryApiOptions } from "./query-api.ts";
import { toldText } from "./told-error.ts";

/** The kinds of source that Grafana can be pointed to here, as deploy/grafana provisions them, and the paths of their APIs. */
const SOURCES = [
  { name: "Sightline Prometheus", type: "prometheus", typeName: "Prometheus", path: "/" },
  { name: "Sightline Loki", type: "loki", typeName: "Loki", path: "/" },
  { name: "Sightline Tempo", type: "tempo", typeName: "Tempo", path: "/tempo" },
  { name: "Sightline Jaeger", type: "jaeger", typeName: "Jaeger", path: "/jaeger" },
  { name: "Sightline Alertmanager", type: "alertmanager", typeName: "Alertmanager", path: "/alertmanager" },
] as const;

/**
 * Answers `GET /api/datasources` as Grafana does (docs/sources/developers/http_api/data_source.md), for who looks there
 * whether all sources are set up: here they always are. URLs are relative to the address that was asked.
 */
export function createDataSourceRouter(options: QueryApiOptions): Router {
  const body = JSON.stringify(SOURCES.map(dataSource));
  const answer = { contentType: "application/json", pieces: [body] };
  return createQueryApi(
    {
      prefix: "/api",
      endpoints: [{ path: "/datasources" }],
      answer: async () => answer,
      error: (error) => ({
        status: WIRE_CODES[error.code].http,
        contentType: "application/json",
        text: JSON.stringify({ message: toldText(error) }),
      }),
    },
    options,
  );
}

function dataSource({ name, type, typeName, path }: (typeof SOURCES)[number], index: number) {
  return {
    id: index + 1,
    uid: `sightline-${type}`,
    orgId: 1,
    name,
    type,
    typeName,
    typeLogoUrl: "",
    access: "proxy",
    url: path,
    user: "",
    database: "",
    basicAuth: false,
    isDefault: index === 0,
    jsonData: {},
    readOnly: true,
  };
}
