import { z } from "zod";
import type { QueryApi, QueryRoute } from "../http/query-api.ts";
import { envelopeError } from "./envelope.ts";
import { EVENT_STREAM, LIVE_NOTIFICATIONS } from "./live-notifications.ts";
import { notification, OPERATIONS, type Operation } from "./openapi-operations.ts";

const OPENAPI: QueryRoute = { path: "/openapi.yaml" };
const YAML_TYPE = "application/yaml; charset=utf-8";
const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";

export interface Described {
  /** Where the API is. */
  readonly prefix: string;
  /** The endpoints that answer in Prometheus' envelope. */
  readonly endpoints: readonly QueryRoute[];
  /** The paths, beside, at which messages of protobuf are posted. */
  readonly protobuf: readonly QueryRoute[];
  /** The release of Prometheus whose API it is. */
  readonly version: string;
}

/**
 * `/openapi.yaml`: what is served below the prefix, and nothing that is not, as OpenAPI 3.1, or 3.2 for who asks with
 * `openapi_version`. JSON is YAML.
 *
 * @throws Error for an endpoint of which nothing is said in openapi-operations.ts
 */
export function openApiDescription(described: Described): QueryApi<QueryRoute> {
  const pieces = (version: Version) => [`${JSON.stringify(documentOf(described, version), null, 2)}\n`];
  const [older, newer] = [pieces("3.1.0"), pieces("3.2.0")];
  return {
    prefix: described.prefix,
    endpoints: [OPENAPI],
    answer: async (_route, { parameters }) => ({
      contentType: YAML_TYPE,
      headers: { "cache-control": "no-store" },
      pieces: /^3\.2(?:\.0)?$/.test(parameters.get("openapi_version")) ? newer : older,
    }),
    error: envelopeError,
  };
}

type Version = "3.1.0" | "3.2.0";

function documentOf({ prefix, endpoints, protobuf, version }: Described, openapi: Version): object {
  const operations = endpoints.map((route) => ({ route, operation: operationOf(route) }));
  const paths = [
    ...operations.map(({ route, operation }) => [route, pathItem(route, operation)] as const),
    ...protobuf.map((route) => [route, { post: protobufOperation(route) }] as const),
    [OPENAPI, { get: descriptionOperation }] as const,
    // Only since 3.2 can it be said what the events of a stream are.
    ...(openapi === "3.2.0" ? [[LIVE_NOTIFICATIONS, { get: liveOperation }] as const] : []),
  ];
  return {
    openapi,
    info: {
      title: "Prometheus' HTTP API, as Sightline serves it",
      version,
      description: "What Sightline answers of Prometheus' API, over the data of the tenant whose key is sent.",
    },
    servers: [{ url: prefix }],
    security: [{ key: [] }],
    tags: [...new Set(["remote", "status", "notifications", ...operations.map(({ operation }) => operation.tag)])]
      .sort()
      .map((name) => ({ name })),
    paths: Object.fromEntries(paths.map(([{ path }, item]) => [pathText(path), item])),
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key with the scope query" } },
      schemas: { Error: errorSchema },
    },
  };
}

function operationOf({ path }: QueryRoute): Operation {
  const operation = OPERATIONS[path];
  if (operation === undefined) throw new Error(`cannot describe ${path}: want what it is in openapi-operations.ts`);
  return operation;
}

const errorSchema = {
  type: "object",
  properties: { status: { const: "error" }, errorType: { type: "string" }, error: { type: "string" } },
  required: ["status", "errorType", "error"],
};

const failed = {
  description: "What went wrong",
  content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Error" } } },
};

/** In OpenAPI's way of writing what is given in a path. */
function pathText(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

function pathItem(route: QueryRoute, operation: Operation): object {
  const { path, post } = route;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => parameter(name ?? "", "path", { type: "string" }));
  const { properties, required } = shapeOf(operation.parameters);
  const inQuery = Object.entries(properties).map(([name, schema]) =>
    parameter(name, "query", schema, required.includes(name)),
  );
  const common = { tags: [operation.tag], summary: operation.summary, responses: responsesOf(operation) };
  const form = { type: "object", properties, ...(required.length === 0 ? {} : { required }) };
  const requestBody = {
    required: required.length > 0,
    content: { "application/x-www-form-urlencoded": { schema: form } },
  };
  return {
    get: { operationId: operationId("get", path), ...common, parameters: [...inPath, ...inQuery] },
    ...(post === true ? { post: { operationId: operationId("post", path), ...common, requestBody } } : {}),
  };
}

function operationId(method: string, path: string): string {
  return `${method}${path.replace(/[^A-Za-z]+/g, "-")}`;
}

const shape = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

function shapeOf(parameters: z.ZodObject) {
  return shape.parse(schemaOf(parameters));
}

function parameter(name: string, where: "path" | "query", schema: Record<string, unknown>, required = true): object {
  const { description, ...rest } = schema;
  return { name, in: where, required, schema: rest, ...(description === undefined ? {} : { description }) };
}

function responsesOf({ data }: Operation): object {
  const texts = { type: "array", items: { type: "string" } };
  const schema = {
    type: "object",
    properties: { status: { const: "success" }, data: schemaOf(data), warnings: texts, infos: texts },
    required: ["status", "data"],
  };
  return { "200": { description: "The answer", content: { [JSON_TYPE]: { schema } } }, default: failed };
}

function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io: "input" });
  return document;
}

function protobufOperation({ path }: QueryRoute): object {
  const content = { [PROTOBUF_TYPE]: { schema: { type: "string", format: "binary" } } };
  return {
    operationId: operationId("post", path),
    tags: ["remote"],
    summary: "Read samples as they are stored, in messages of protobuf compressed with snappy",
    requestBody: { required: true, content },
    responses: {
      "200": { description: "A prometheus.ReadResponse", content },
      default: { description: "What went wrong", content: { "text/plain": { schema: { type: "string" } } } },
    },
  };
}

const descriptionOperation = {
  operationId: operationId("get", OPENAPI.path),
  tags: ["status"],
  summary: "Read this description",
  parameters: [parameter("openapi_version", "query", { type: "string", description: "3.1 or 3.2" }, false)],
  responses: {
    "200": { description: "The description", content: { "application/yaml": { schema: { type: "object" } } } },
    default: failed,
  },
};

const liveOperation = {
  operationId: operationId("get", LIVE_NOTIFICATIONS.path),
  tags: ["notifications"],
  summary: "Be told what is to be known of the system when it begins and when it ends",
  responses: {
    "200": {
      description: "Server-sent events",
      content: {
        [EVENT_STREAM]: {
          itemSchema: {
            type: "object",
            properties: {
              data: { type: "string", contentMediaType: JSON_TYPE, contentSchema: schemaOf(notification) },
            },
          },
        },
      },
    },
    "204": { description: "As many are told already as may be" },
    default: failed,
  },
};
