import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import {
  type Target,
  TargetHealth,
  TargetKind,
  Target as TargetMessage,
  TargetServiceClient,
} from "@sightline/proto/sightline/collector/v1/target_service";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { createClient } from "@sightline/rpc/client";
import { loadConfig } from "@sightline/service/config";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { startPostgres } from "@sightline/testkit/servers";
import { startService } from "@sightline/testkit/start-service";
import { start } from "./app.ts";
import { config } from "./config.ts";
import { startIngest } from "./testing/fake-ingest.ts";

const TOKEN = "between-services";

interface World {
  readonly env?: Record<string, string>;
  readonly ingest: string;
  readonly postgres: string;
  readonly dir: string;
}

/** A collector in this process. */
async function startCollector({ env = {}, ingest, postgres, dir }: World) {
  const grpcPort = await freePort();
  const settings = loadConfig(config, {
    env: {
      SIGHTLINE_GRPC_PORT: `${grpcPort}`,
      SIGHTLINE_INTERNAL_TOKEN: TOKEN,
      SIGHTLINE_INGEST_ADDRESS: ingest,
      SIGHTLINE_INGEST_API_KEY: "sl_key",
      SIGHTLINE_POSTGRES_URL: postgres,
      SIGHTLINE_OUTBOX_DIR: dir,
      SIGHTLINE_OUTBOX_LINGER_MS: "10",
      SIGHTLINE_OUTBOX_MAX_DELAY_MS: "100",
      SIGHTLINE_HOST_INTERVAL_MS: "1000",
      ...env,
    },
  });
  const service = await startService({ start, config: settings });
  const client = createClient(TargetServiceClient, `127.0.0.1:${grpcPort}`, { internalToken: TOKEN });
  const options = { tenant: "default", deadlineMs: 5000 };
  return {
    metrics: service.deps.metrics,
    client,
    put: (target: Partial<Target>) => client.call("putTarget", { target: TargetMessage.create(target) }, options),
    remove: (name: string) => client.call("deleteTarget", { name }, options),
    list: async (tenant = "default") => (await client.call("listTargets", {}, { ...options, tenant })).targets,
    async [Symbol.asyncDispose]() {
      client.close();
      await service.stop();
    },
  };
}

/** A web server that can be told to fail. */
async function startWeb() {
  let status = 200;
  const server = createServer((_request, response) =>
    response.writeHead(status).end("# TYPE jobs_total counter\njobs_total 7\n"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    host,
    answerWith: (code: number) => {
      status = code;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function scratch() {
  const dir = mkdtempSync(join(tmpdir(), "sightline-collector-"));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

async function failsWith(work: Promise<unknown>, code: ErrorCode, says: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, says);
    return true;
  });
}

const configured = (targets: object[]) => ({ SIGHTLINE_TARGETS: JSON.stringify(targets) });

describe("the collector", async () => {
  const postgres = await startPostgres();
  after(() => postgres.stop());

  it("sends host metrics, visits what is configured and tells each change once", async () => {
    using at = scratch();
    await using web = await startWeb();
    await using ingest = await startIngest();
    const env = configured([
      { name: "web", kind: "http", address: `http://${web.host}/`, intervalMs: 1000, labels: { zone: "a" } },
      { name: "web-port", kind: "tcp", address: web.host, intervalMs: 1000 },
      { name: "web-metrics", kind: "scrape", address: `http://${web.host}/metrics`, intervalMs: 1000 },
    ]);
    await using collector = await startCollector({ env, ingest: ingest.address, postgres: postgres.url, dir: at.dir });

    await eventually(() =>
      ["system_memory_usage_bytes", "jobs_total", "sightline_target_up"].every((name) => ingest.got.includes(name)),
    );
    await eventually(() => ingest.events.length === 3);
    assert.deepEqual([...ingest.keys], ["sl_key"]);
    for (const { eventType, severity, source, category, healthScore } of ingest.events) {
      assert.deepEqual(
        [eventType, severity, source, category, healthScore],
        ["HEALTH_CHECK", Severity.INFO, "collector", "health", 100],
      );
    }
    assert.deepEqual(ingest.events.map(({ target }) => target).sort(), ["web", "web-metrics", "web-port"]);
    const first = ingest.events.find(({ target }) => target === "web");
    assert.deepEqual(first?.metadata?.labels, { zone: "a" });
    const details = JSON.parse(first?.details ?? "{}");
    assert.deepEqual([details.status, details.http_status, details.kind], ["healthy", 200, "http"]);
    assert.ok(details.latency_ms > 0);

    web.answerWith(500);
    await eventually(() => ingest.events.length === 5);
    const down = ingest.events.slice(3).find(({ target }) => target === "web");
    assert.deepEqual(
      [down?.title, down?.severity, down?.healthScore, down?.description],
      ["web is down", Severity.ERROR, 0, "got status 500, want 200 to 399"],
    );
    assert.equal(JSON.parse(down?.details ?? "{}").status, "unhealthy");
    const listed = await collector.list();
    assert.deepEqual(
      listed.map(({ name, readOnly, status }) => [name, readOnly, status?.health]),
      [
        ["web", true, TargetHealth.DOWN],
        ["web-metrics", true, TargetHealth.DOWN],
        ["web-port", true, TargetHealth.UP],
      ],
    );
    assert.equal(listed[0]?.status?.lastError, "got status 500, want 200 to 399");

    web.answerWith(204);
    await eventually(() => ingest.events.some(({ title }) => /^web is up again after \d+ s$/.test(title)));
    const metrics = await collector.metrics.metrics();
    assert.match(metrics, /^sightline_collector_visits_total\{kind="http",outcome="down"\} [1-9]/m);
    assert.match(metrics, /^sightline_outbox_sent_total\{signal="events"\} [1-9]/m);
  });

  it("keeps what it collects while ingest is away, over its own restart, and sends it in order", async () => {
    using at = scratch();
    await using web = await startWeb();
    const ingestPort = await freePort();
    const env = configured([{ name: "web", kind: "http", address: `http://${web.host}/`, intervalMs: 1000 }]);
    const world = { env, ingest: `127.0.0.1:${ingestPort}`, postgres: postgres.url, dir: at.dir };
    {
      await using collector = await startCollector(world);
      await eventually(async () => /^sightline_outbox_requests [3-9]/m.test(await collector.metrics.metrics()));
    }
    await using ingest = await startIngest(ingestPort);
    await using _again = await startCollector(world);
    await eventually(() => ingest.events.length === 2);
    assert.deepEqual(
      ingest.events.map(({ title }) => title),
      Array.from({ length: 2 }, () => "web is watched from now on"),
    );
    const times = ingest.metrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ name, data }) =>
          name === "sightline_target_up" && data?.$case === "gauge" ? data.value.dataPoints : [],
        ),
      ),
    );
    const nanos = times.map(({ timeUnixNano }) => timeUnixNano);
    assert.deepEqual(
      nanos,
      [...new Set(nanos)].sort((a, b) => (a < b ? -1 : 1)),
    );
  });

  it("visits the targets that people set, also after a restart, until they are deleted", async () => {
    using at = scratch();
    await using web = await startWeb();
    await using ingest = await startIngest();
    const env = { SIGHTLINE_ALLOW_PRIVATE_TARGETS: "true", SIGHTLINE_HOST_ENABLED: "false" };
    const world = { env, ingest: ingest.address, postgres: postgres.url, dir: at.dir };
    {
      await using collector = await startCollector(world);
      const { target } = await collector.put({
        name: "mine",
        kind: TargetKind.HTTP,
        address: `http://${web.host}/`,
        intervalMs: 1000,
        labels: { team: "x" },
      });
      assert.deepEqual(
        [target?.intervalMs, target?.timeoutMs, target?.readOnly, target?.status?.health],
        [1000, 500, false, TargetHealth.UNSPECIFIED],
      );
      await eventually(() => ingest.events.length === 1);
    }
    await using collector = await startCollector(world);
    await eventually(() => ingest.events.length === 2);
    const [listed] = await collector.list();
    assert.deepEqual([listed?.name, listed?.labels, listed?.status?.health], ["mine", { team: "x" }, TargetHealth.UP]);
    assert.deepEqual(await collector.list("other"), []);

    await collector.put({ name: "mine", kind: TargetKind.TCP, address: web.host, intervalMs: 1000 });
    assert.deepEqual(
      (await collector.list()).map(({ kind }) => kind),
      [TargetKind.TCP],
    );
    await collector.remove("mine");
    assert.deepEqual(await collector.list(), []);
    await failsWith(collector.remove("mine"), "not_found", /cannot delete the target mine: there is none/);
  });

  it("refuses targets that it must not visit", async () => {
    using at = scratch();
    await using web = await startWeb();
    await using ingest = await startIngest();
    const env = {
      ...configured([{ name: "fixed", kind: "tcp", address: web.host }]),
      SIGHTLINE_HOST_ENABLED: "false",
      SIGHTLINE_MAX_STORED_TARGETS: "1",
    };
    await using collector = await startCollector({ env, ingest: ingest.address, postgres: postgres.url, dir: at.dir });
    const fine = { name: "inside", kind: TargetKind.HTTP, address: `http://${web.host}/`, intervalMs: 1000 };
    await failsWith(
      collector.put({ ...fine, name: "fixed" }),
      "failed_precondition",
      /it is in the configuration file/,
    );
    await failsWith(collector.remove("fixed"), "failed_precondition", /it is in the configuration file/);
    await failsWith(collector.put({ ...fine, kind: 0 }), "invalid_argument", /want http, tcp or scrape/);
    await failsWith(collector.put({ ...fine, intervalMs: 5 }), "invalid_argument", /interval_ms/);
    await failsWith(
      collector.client.call("putTarget", { target: undefined }, { tenant: "default" }),
      "invalid_argument",
      /got none/,
    );
    await failsWith(
      collector.client.call("putTarget", { target: undefined }, { tenant: "other" }),
      "failed_precondition",
      /works for default/,
    );
    // Set by somebody, it must not lead inside: the target is there, and down.
    await collector.put(fine);
    await failsWith(collector.put({ ...fine, name: "more" }), "resource_exhausted", /there are 1 already/);
    await eventually(
      async () => (await collector.list()).find(({ name }) => name === "inside")?.status?.health === TargetHealth.DOWN,
    );
    const inside = (await collector.list()).find(({ name }) => name === "inside");
    assert.match(inside?.status?.lastError ?? "", /it is a loopback address/);
    await collector.remove("inside");
  });

  it("works with what is configured while Postgres is away", async () => {
    using at = scratch();
    await using web = await startWeb();
    await using ingest = await startIngest();
    const env = configured([{ name: "web", kind: "http", address: `http://${web.host}/`, intervalMs: 1000 }]);
    const away = "postgres://nobody@127.0.0.1:1/none";
    await using collector = await startCollector({ env, ingest: ingest.address, postgres: away, dir: at.dir });
    await eventually(() => ingest.events.length === 1);
    assert.equal((await collector.list()).length, 1);
    await failsWith(collector.put({ name: "x", kind: TargetKind.TCP, address: "a.example:1" }), "unavailable", /./);
  });

  it("says why it cannot start, and leaves nothing behind", async () => {
    const world = { ingest: "127.0.0.1:1", postgres: postgres.url, dir: "/dev/null/outbox" };
    await assert.rejects(startCollector(world), /cannot open the queue in \/dev\/null\/outbox/);
  });
});

describe("the configuration", () => {
  it("of targets with one name is refused", () => {
    const target = { name: "web", kind: "tcp", address: "a:1" };
    const env = { SIGHTLINE_INTERNAL_TOKEN: "t", SIGHTLINE_INGEST_API_KEY: "k", ...configured([target, target]) };
    assert.throws(() => loadConfig(config, { env }), /targets \(SIGHTLINE_TARGETS\): expected different names/);
  });
  it("names what is missing", () => {
    assert.throws(() => loadConfig(config, { env: {} }), /internalToken \(or SIGHTLINE_INTERNAL_TOKEN\).*\n?.*ingest/s);
  });
});
