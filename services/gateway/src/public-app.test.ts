import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { AlertServiceClient } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AlertmanagerServiceClient } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { RuleServiceClient } from "@sightline/proto/sightline/alert/v1/rule_service";
import { TargetServiceClient } from "@sightline/proto/sightline/collector/v1/target_service";
import { LogqlServiceClient } from "@sightline/proto/sightline/query/v1/logql_service";
import { PromqlServiceClient } from "@sightline/proto/sightline/query/v1/promql_service";
import { TraceqlServiceClient } from "@sightline/proto/sightline/query/v1/traceql_service";
import { RetentionServiceClient } from "@sightline/proto/sightline/retention/v1/retention_service";
import { createClient } from "@sightline/rpc/client";
import { Registry } from "prom-client";
import { z } from "zod";
import type { Caller } from "./auth/caller.ts";
import { createMetrics } from "./metrics.ts";
import { createPrometheusContext } from "./prometheus/context.ts";
import { createNotifications } from "./prometheus/notifications.ts";
import { createPublicApp } from "./public-app.ts";

describe("the built page", () => {
  const dir = mkdtempSync(join(tmpdir(), "sightline-page-"));
  const promql = createClient(PromqlServiceClient, "127.0.0.1:1", {});
  const logql = createClient(LogqlServiceClient, "127.0.0.1:1", {});
  const traceql = createClient(TraceqlServiceClient, "127.0.0.1:1", {});
  const alertmanager = createClient(AlertmanagerServiceClient, "127.0.0.1:1", {});
  const rules = createClient(RuleServiceClient, "127.0.0.1:1", {});
  const retention = createClient(RetentionServiceClient, "127.0.0.1:1", {});
  let isReady = false;
  let caller: Caller | undefined;
  const authenticate = async () => {
    throw new AppError("unauthenticated", "nobody");
  };
  const app = createPublicApp({
    routes: [],
    prometheus: createPrometheusContext({
      clients: {
        promql,
        alerter: createClient(AlertServiceClient, "127.0.0.1:1", {}),
        rules,
        collector: createClient(TargetServiceClient, "127.0.0.1:1", {}),
        retention,
      },
      clock: Date.now,
      metrics: createMetrics(new Registry()),
      cache: { maxBytes: 0, recentMs: 0, maxAgeMs: 1 },
      notifications: createNotifications({
        ...{
          look: async () => [],
          clock: Date.now,
          monotonicMs: () => performance.now(),
          intervalMs: 1000,
          checkMs: 1000,
          maxPerTenant: 1,
          maxPlaces: 1,
        },
        stopping: new AbortController().signal,
      }),
      ownMetrics: new Registry(),
    }),
    probes: { isReady: async () => isReady, version: "0.0.0" },
    rules,
    loki: { logql, retention, clock: Date.now },
    jaeger: { traceql, promql, clock: Date.now },
    tempo: { traceql, clock: Date.now },
    alertmanager: { alertmanager, clock: Date.now, startedMs: 0, version: "0.0.0" },
    authenticateSender: authenticate,
    inbound: { receive: { open: authenticate, take: authenticate }, metrics: createMetrics(new Registry()) },
    pageDir: dir,
    trustedProxies: [],
    rest: {
      authenticate: async () => caller ?? authenticate(),
      answered: () => undefined,
      defect: (error) => assert.fail(error),
    },
  });
  const server = createServer(app);
  let url = "";
  before(async () => {
    mkdirSync(join(dir, "assets"));
    writeFileSync(join(dir, "index.html"), "<!doctype html><title>the page</title>");
    writeFileSync(join(dir, "assets/main-4f2a9c1d.js"), "export {};");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  });
  after(async () => {
    promql.close();
    logql.close();
    traceql.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
  });
  const get = (path: string, accept = "text/html") => fetch(url + path, { headers: { accept } });

  for (const path of ["/", "/traces/4f2a9c1d", "/settings?tab=keys"]) {
    test(`${path} is the page, asked for anew each time`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("cache-control"), "no-cache");
      assert.match(await answer.text(), /the page/);
    });
  }

  test("files with a hash in their name are kept for ever", async () => {
    const answer = await get("/assets/main-4f2a9c1d.js");
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.match(answer.headers.get("content-type") ?? "", /javascript/);
    await answer.text();
  });

  const missing: [path: string, accept: string, status: number][] = [
    ["/assets/main-00000000.js", "*/*", 404],
    ["/v1/nowhere", "text/html", 404],
    ["/api/v1/nowhere", "text/html", 404],
    ["/picture.png", "image/png", 404],
    ["/readiness", "*/*", 404],
    ["/alertmanager/alertmanager/api/v2/status", "application/json, text/plain, */*", 404],
    ["/%E0%A4%A", "image/png", 404],
    ["/assets/..%2f..%2fetc%2fpasswd", "*/*", 404],
  ];
  const probes: [path: string, ready: string, notReady: string][] = [
    ["/-/ready", "Prometheus Server is Ready.\n", "Service Unavailable"],
    ["/alertmanager/-/ready", "OK", "Service Unavailable"],
    ["/ready", "ready\n", "not ready\n"],
    ["/prometheus/ready", "ready\n", "not ready\n"],
    ["/tempo/ready", "ready\n", "not ready\n"],
    [
      "/api/health",
      '{"database":"ok","version":"0.0.0","commit":""}',
      '{"database":"failing","version":"0.0.0","commit":""}',
    ],
  ];
  for (const [path, ready, notReady] of probes) {
    test(`the probe ${path} is 200 when requests can be answered and 503 when not, also for browsers`, async () => {
      for (const accept of ["*/*", "text/html"]) {
        isReady = true;
        const up = await get(path, accept);
        assert.deepEqual([up.status, await up.text()], [200, ready]);
        isReady = false;
        const down = await get(path, accept);
        assert.deepEqual([down.status, await down.text()], [503, notReady]);
        assert.equal(down.headers.get("cache-control"), "no-store");
      }
    });
  }

  for (const path of ["/-/healthy", "/alertmanager/-/healthy", "/healthz"]) {
    test(`the probe ${path} says that the process answers`, async () => {
      const answer = await get(path, "*/*");
      assert.equal(answer.status, 200);
      assert.doesNotMatch(await answer.text(), /html/);
    });
  }

  test("who asks for Grafana's data sources sees the APIs that there are, at their paths, with a key only", async () => {
    const without = await get("/api/datasources", "*/*");
    assert.deepEqual([without.status, await without.text()], [401, '{"message":"nobody"}']);
    caller = { tenant: "acme", name: "key:1", level: "query", byCookie: false };
    const answer = await get("/api/datasources", "*/*");
    caller = undefined;
    const sources: unknown = await answer.json();
    const shape = z.array(z.object({ uid: z.string(), type: z.string(), url: z.string(), access: z.literal("proxy") }));
    // As deploy/grafana has them, but for ClickHouse, which is asked past Sightline.
    const file = new URL("../../../deploy/grafana/provisioning/datasources/sightline.yaml", import.meta.url);
    const provisioned = [
      ...readFileSync(file, "utf8").matchAll(
        / {4}uid: (\S+)\n {4}type: (\S+)\n(?:.*\n)*? {4}url: \$SIGHTLINE_URL(\S*)\n/g,
      ),
    ];
    assert.ok(provisioned.length >= 5);
    assert.deepEqual(
      shape.parse(sources).map(({ uid, type, url }) => [uid, type, url]),
      provisioned.map(([, uid, type, path]) => [uid, type, path || "/"]),
    );
  });

  test("the page of Prometheus' targets is that of ours", async () => {
    const answer = await fetch(`${url}/targets`, { redirect: "manual" });
    assert.deepEqual([answer.status, answer.headers.get("location")], [302, "/settings/targets"]);
  });

  for (const [path, accept, status] of missing) {
    test(`${path} is ${status} in the one form of errors, without a word about our insides`, async () => {
      const answer = await get(path, accept);
      const text = await answer.text();
      assert.equal(answer.status, status, text);
      assert.equal(Object.keys(JSON.parse(text)).join(), "error");
      assert.doesNotMatch(text, /node_modules|\.ts|\/tmp/);
    });
  }
});
