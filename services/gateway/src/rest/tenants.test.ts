import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startGateway, type TestGateway } from "../testing/gateway.ts";

describe("tenants", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway[Symbol.asyncDispose]());

  /** The status and the JSON of an answer. */
  const ask = async (method: string, path: string, options: { key?: string; body?: object } = {}) => {
    const { key = gateway.key("admin"), body } = options;
    const answer = await fetch(gateway.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    return { status: answer.status, json };
  };
  const create = async (tenant: string): Promise<string> => {
    const { status, json } = await ask("POST", "/v1/tenants", { body: { tenant } });
    assert.equal(status, 200, JSON.stringify(json));
    return z.object({ key: z.string() }).parse(json).key;
  };

  test("a tenant is made with a key of its administrator, who sees only its own", async () => {
    const key = await create("acme");
    const { json } = await ask("GET", "/v1/keys", { key });
    const { keys } = z.object({ keys: z.array(z.object({ name: z.string() })) }).parse(json);
    assert.deepEqual(
      keys.map(({ name }) => name),
      ["administrator"],
    );
    assert.equal((await ask("POST", "/v1/tenants", { body: { tenant: "acme" } })).status, 409);
    assert.equal((await ask("POST", "/v1/tenants", { body: { tenant: "No Name" } })).status, 400);
  });

  test("limits are the operator's to change, and the tenant's to read", async () => {
    const key = await create("limited");
    const path = "/v1/tenants/limited/limits";
    const limits = { bytesPerSecond: 1000, maxSeries: 5 };
    assert.deepEqual((await ask("GET", path, { key })).json, { limits: {} });
    assert.deepEqual((await ask("PUT", path, { body: limits })).json, { limits });
    assert.deepEqual((await ask("GET", path, { key })).json, { limits });
    assert.equal((await ask("PUT", path, { key, body: {} })).status, 403);
    assert.equal((await ask("DELETE", path, { key })).status, 403);
    assert.equal((await ask("GET", "/v1/tenants/default/limits", { key })).status, 403);
    const wrong = await ask("PUT", path, { body: { maxSeries: 0, bytesPerMinute: 1 } });
    assert.equal(wrong.status, 400);
    assert.match(JSON.stringify(wrong.json), /maxSeries.*bytesPerMinute/);
    assert.equal((await ask("PUT", "/v1/tenants/nobody/limits", { body: limits })).status, 404);
    assert.equal((await ask("DELETE", path)).status, 200);
    assert.deepEqual((await ask("GET", path)).json, { limits: {} });
  });

  test("a deleted tenant's keys stop; its name stays taken; others cannot delete it", async () => {
    const key = await create("gone");
    const other = await create("other");
    assert.equal((await ask("DELETE", "/v1/tenants/gone", { key: other })).status, 403);
    assert.equal((await ask("GET", "/v1/keys", { key })).status, 200);
    for (let times = 0; times < 2; times++) assert.equal((await ask("DELETE", "/v1/tenants/gone")).status, 200);
    await eventually(async () => (await ask("GET", "/v1/keys", { key })).status === 401);
    assert.equal((await ask("POST", "/v1/tenants", { body: { tenant: "gone" } })).status, 409);
    for (const tenant of ["default", "nobody"]) {
      assert.equal((await ask("DELETE", `/v1/tenants/${tenant}`)).status, 404);
    }
    const { json } = await ask("GET", "/v1/tenants");
    const form = z.object({ tenants: z.array(z.object({ tenant: z.string(), deleted: z.string().nullable() })) });
    const found = form.parse(json).tenants.filter(({ tenant }) => tenant === "gone" || tenant === "other");
    assert.deepEqual(
      found.map(({ tenant, deleted }) => [tenant, deleted !== null]),
      [
        ["gone", true],
        ["other", false],
      ],
    );
  });
});
