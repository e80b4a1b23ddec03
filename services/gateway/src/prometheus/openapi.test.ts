import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import type { QueryRoute } from "../http/query-api.ts";
import { parametersOfUrl } from "../http/request-parameters.ts";
import { openApiDescription } from "./openapi.ts";
import { OPERATIONS } from "./openapi-operations.ts";
import { ENDPOINTS } from "./router.ts";

const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean() })).default([]),
});
const document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

async function describeApi(endpoints: readonly QueryRoute[], query = "") {
  const protobuf = [{ path: "/read", post: "bytes" as const }];
  const api = openApiDescription({ prefix: "/api/v1", endpoints, protobuf, version: "3.5.0" });
  const [route] = api.endpoints;
  assert.equal(route?.path, "/openapi.yaml");
  const answer = await api.answer(route, {
    parameters: parametersOfUrl(new URL(`http://gateway/${query}`)),
    pathPart: () => "",
    header: () => "",
    body: new Uint8Array(0),
    caller: { tenant: "acme", name: "key:1", level: "query", byCookie: false },
    signal: new AbortController().signal,
    isStillAllowed: async () => true,
  });
  const pieces = await Array.fromAsync(answer.pieces);
  return { contentType: answer.contentType, ...document.parse(JSON.parse(pieces.join(""))) };
}

describe("the description of Prometheus' API", () => {
  test("is of all that is served, and of nothing else", async () => {
    const { paths, openapi, contentType } = await describeApi(ENDPOINTS);
    assert.equal(openapi, "3.1.0");
    assert.match(contentType, /^application\/yaml/);
    const served = [...ENDPOINTS.map(({ path }) => path.replace(":name", "{name}")), "/read", "/openapi.yaml"];
    assert.deepEqual(Object.keys(paths), served);
    const dead = Object.keys(OPERATIONS).filter((path) => !ENDPOINTS.some((endpoint) => endpoint.path === path));
    assert.deepEqual(dead, ["/status/buildinfo"], "buildinfo is made where the API is");
    const ids = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    assert.equal(new Set(ids).size, ids.length);
    for (const { path, post } of ENDPOINTS) {
      const methods = Object.keys(paths[path.replace(":name", "{name}")] ?? {});
      assert.deepEqual(methods, post === true ? ["get", "post"] : ["get"], path);
    }
  });

  test("of an endpoint that nobody has described is refused", async () => {
    await assert.rejects(describeApi([...ENDPOINTS, { path: "/new" }]), /cannot describe \/new/);
  });

  test("says what has to be given, and where", async () => {
    const { paths } = await describeApi(ENDPOINTS);
    const given = paths["/query_range"]?.["get"]?.parameters.filter(({ required }) => required);
    assert.deepEqual(
      given?.map(({ name, in: where }) => [name, where]),
      ["query", "start", "end", "step"].map((name) => [name, "query"]),
    );
    const [ofPath] = paths["/label/{name}/values"]?.["get"]?.parameters ?? [];
    assert.deepEqual([ofPath?.name, ofPath?.in], ["name", "path"]);
  });

  test("has streams of events for who understands them", async () => {
    assert.equal((await describeApi(ENDPOINTS)).paths["/notifications/live"], undefined);
    const { openapi, paths } = await describeApi(ENDPOINTS, "?openapi_version=3.2");
    assert.equal(openapi, "3.2.0");
    assert.match(JSON.stringify(paths["/notifications/live"]), /itemSchema/);
  });
});
