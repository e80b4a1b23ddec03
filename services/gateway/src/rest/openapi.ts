import { z } from "zod";
import type { Route } from "./route.ts";

const errorForm = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** The OpenAPI 3.1 document of the routes. */
export function openApiDocument(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sightline",
      version,
      description:
        "Events, logs, traces, metrics, health, alerts and reports. Times are RFC 3339 in UTC with nanoseconds; a time of a query may also be Unix milliseconds or relative (-1h).",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key with the scope query or admin" },
        session: { type: "apiKey", in: "cookie", name: "sightline_session" },
      },
      schemas: { Error: schemaOf(errorForm, "output") },
    },
    paths,
  };
}

function operationOf(route: Route): Record<string, unknown> {
  return {
    operationId: route.operation,
    summary: route.summary,
    tags: [route.tag],
    security: route.access === "public" ? [] : [{ key: [] }, { session: [] }],
    parameters: [...pathParameters(route.path), ...queryParameters(route)],
    ...(route.body !== undefined && {
      requestBody: { required: true, content: bodyContent(route.body, route.bodyTypes) },
    }),
    responses: {
      "200": { description: "The answer", content: answerContent(route.answer) },
      default: {
        description: "What went wrong",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function bodyContent(body: z.ZodType, contentTypes: readonly string[] = ["application/json"]): Record<string, unknown> {
  return Object.fromEntries(contentTypes.map((contentType) => [contentType, { schema: schemaOf(body, "input") }]));
}

function answerContent(answer: Route["answer"]): Record<string, unknown> {
  return answer instanceof z.ZodType
    ? { "application/json": { schema: schemaOf(answer, "output") } }
    : Object.fromEntries(answer.map((contentType) => [contentType, {}]));
}

function pathParameters(path: string) {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(route: Route) {
  const { properties } = propertiesOf.parse(schemaOf(route.query, "input"));
  const named = Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
  if (!route.takesAttributes) return named;
  const description = "attr.<key>=<value> for each attribute that must equal the value";
  return [
    ...named,
    {
      name: "attr",
      in: "query",
      description,
      style: "form",
      schema: { type: "object", additionalProperties: { type: "string" } },
    },
  ];
}

const propertiesOf = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) });

function schemaOf(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return document;
}
