// What other systems' APIs tell of themselves: asked of a whole gateway, with keys.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { startGateway, type TestGateway } from "./testing/gateway.ts";

describe("what the APIs of other systems tell of themselves", { timeout: 120_000 }, () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const data = z.object({ status: z.literal("success"), data: z.unknown() });
  const dataOf = async (path: string) => data.parse(await (await gateway.get(path)).json()).data;

  test("Prometheus' notifications: none while all is well, at once and live, with a key", async () => {
    assert.deepEqual(await dataOf("/api/v1/notifications"), []);
    const live = "/prometheus/api/v1/notifications/live";
    assert.equal((await fetch(gateway.url + live)).status, 401);
    const { status, headers, body } = await gateway.get(live);
    assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream"]);
    const reader = body?.getReader();
    const first = await reader?.read();
    assert.equal(Buffer.from(first?.value ?? []).toString(), ":\n\n");
    await reader?.cancel();
  });

  test("Prometheus' description of the API, below each of its places", async () => {
    for (const prefix of ["/api/v1", "/prometheus/api/v1"]) {
      const answer = await gateway.get(`${prefix}/openapi.yaml?openapi_version=3.2`);
      assert.match(answer.headers.get("content-type") ?? "", /^application\/yaml/);
      const { openapi, servers, paths } = z
        .looseObject({
          openapi: z.string(),
          servers: z.array(z.object({ url: z.string() })),
          paths: z.looseObject({ "/query": z.unknown(), "/notifications/live": z.unknown() }),
        })
        .parse(await answer.json());
      assert.deepEqual([openapi, servers], ["3.2.0", [{ url: prefix }]]);
      // Samples are read below one of them only.
      assert.equal("/read" in paths, prefix === "/api/v1");
    }
  });

  test("Prometheus' metrics about itself are the gateway's", async () => {
    const found = await dataOf("/api/v1/status/self_metrics?metric_name_pattern=process_start_time_seconds");
    const family = z.object({
      name: z.string(),
      type: z.string(),
      metric: z.array(z.object({ gauge: z.object({ value: z.number() }) })),
    });
    const [first] = z.array(family).length(1).parse(found);
    assert.deepEqual([first?.name, first?.type], ["process_start_time_seconds", "GAUGE"]);
    assert.ok((first?.metric[0]?.gauge.value ?? 0) > 1_700_000_000);
  });

  test("Prometheus is not stopped from outside", async () => {
    for (const path of ["/-/reload", "/-/quit"]) {
      const answer = await fetch(gateway.url + path, { method: "POST" });
      assert.deepEqual([answer.status, await answer.text()], [403, "Lifecycle API is not enabled."]);
    }
  });

  test("Loki's limits for those who look around, and that nobody deletes there", async () => {
    const { limits, pattern_ingester_enabled } = z
      .object({ limits: z.looseObject({}), pattern_ingester_enabled: z.boolean(), version: z.string() })
      .parse(await (await gateway.get("/loki/api/v1/drilldown-limits")).json());
    assert.partialDeepStrictEqual(limits, {
      retention_period: "90d",
      max_entries_limit_per_query: 5000,
      volume_enabled: true,
    });
    assert.equal(pattern_ingester_enabled, true);
    const headers = { authorization: `Bearer ${gateway.key("query")}` };
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const refused = await fetch(`${gateway.url}/loki/api/v1/delete`, { method, headers });
      assert.deepEqual([refused.status, await refused.text()], [403, "deletion is not available for this tenant\n"]);
    }
  });

  test("Tempo's version, and what there is to ask", async () => {
    const version = await (await gateway.get("/tempo/status/version")).text();
    assert.match(version, /^tempo, version \d+\.\d+\.\d+ /);
    const endpoints = await (await gateway.get("/tempo/status/endpoints")).text();
    assert.match(endpoints, /^GET {2}\/api\/v2\/search\/tags$/m);
    assert.match(endpoints, /^POST \/api\/v2\/traces\/diff$/m);
    assert.equal(await (await gateway.get("/tempo/status")).text(), version + endpoints);
  });
});
