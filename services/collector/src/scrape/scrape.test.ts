import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { describe, it } from "node:test";
import { createMetrics } from "@sightline/service/metrics";
import { checkTarget } from "../targets/target.ts";
import { parseExposition } from "./exposition.ts";
import { scrape } from "./scrape.ts";
import { scrapedPoints } from "./scraped-points.ts";

const NOW_MS = 1_763_690_000_000;

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    host,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const options = {
  policy: { allowPrivate: true },
  timeoutMs: 2000,
  clock: () => NOW_MS,
  limits: { maxBodyBytes: 1_000_000, maxSamples: 10_000 },
};

function targetAt(host: string, labels: Record<string, string> = {}) {
  return checkTarget({ name: "sightline-test", kind: "scrape", address: `http://${host}/metrics`, labels });
}

/** Points as `kind name{labels} value`. */
function shown(points: ReturnType<typeof scrapedPoints>): string[] {
  return points.map(
    ({ kind, name, labels, value }) => `${kind} ${name}{${labels.map((pair) => pair.join("=")).join()}} ${value}`,
  );
}

describe("scraped samples", () => {
  it("keep their names; counters and the counts of histograms and summaries only grow", () => {
    const text = `# TYPE a_total counter
a_total 1
# TYPE b gauge
b 2
# TYPE c histogram
c_bucket{le="+Inf"} 3
c_sum 4
c_count 3
# TYPE d summary
d{quantile="0.5"} 5
d_sum 6
d_count 7
e 8
`;
    const points = scrapedPoints(parseExposition(text, "prometheus", options.limits), {
      timeUnixNano: 1n,
      targetLabels: [],
    });
    assert.deepEqual(shown(points), [
      "counter a_total{} 1",
      "gauge b{} 2",
      "counter c_bucket{le=+Inf} 3",
      "counter c_sum{} 4",
      "counter c_count{} 3",
      "gauge d{quantile=0.5} 5",
      "counter d_sum{} 6",
      "counter d_count{} 7",
      "gauge e{} 8",
    ]);
  });

  it("of OpenMetrics counters keep _total, and _created is a time", () => {
    const text = '# TYPE a counter\na_total 1\na_created 1520430000.1\n# TYPE b info\nb_info{v="1"} 1\n# EOF\n';
    const points = scrapedPoints(parseExposition(text, "openmetrics", options.limits), {
      timeUnixNano: 1n,
      targetLabels: [],
    });
    assert.deepEqual(shown(points), ["counter a_total{} 1", "gauge a_created{} 1520430000.1", "gauge b_info{v=1} 1"]);
  });

  it("take the target's labels; their own of the same name are exported ones", () => {
    const exposition = parseExposition('a{job="x",zone="1",empty=""} 1\n', "prometheus", options.limits);
    const points = scrapedPoints(exposition, { timeUnixNano: 1n, targetLabels: [["job", "web"]] });
    assert.deepEqual(shown(points), ["gauge a{job=web,exported_job=x,zone=1} 1"]);
  });

  it("keep their own time, and know their unit from their name", () => {
    const exposition = parseExposition(
      "a_seconds_total 1 1520879607789\nb_bytes 1\nc 1\n",
      "prometheus",
      options.limits,
    );
    const points = scrapedPoints(exposition, { timeUnixNano: 5n, targetLabels: [] });
    assert.deepEqual(
      points.map(({ timeUnixNano, unit }) => [timeUnixNano, unit]),
      [
        [1_520_879_607_789_000_000n, "s"],
        [5n, "By"],
        [5n, ""],
      ],
    );
  });
});

describe("a scrape", () => {
  it("of one of our own services brings its metrics with up, job and instance", async () => {
    const registry = createMetrics({ name: "test", version: "1.2.3" });
    await using server = await serve(async (_request, response) => {
      response.setHeader("content-type", registry.contentType).end(await registry.metrics());
    });
    const { result, batch, errorCount } = await scrape(targetAt(server.host, { zone: "a" }), options);
    assert.equal(result.up, true);
    assert.equal(errorCount, 0);
    assert.deepEqual(batch.resource, { "service.name": "sightline-test", "service.instance.id": server.host });
    const byName = new Map(batch.points.map((point) => [point.name, point]));
    assert.equal(byName.get("up")?.value, 1);
    assert.equal(byName.get("scrape_samples_scraped")?.value, batch.points.length - 3);
    assert.ok((byName.get("scrape_duration_seconds")?.value ?? 0) > 0);
    assert.equal(byName.get("process_cpu_seconds_total")?.kind, "counter");
    assert.deepEqual(Object.fromEntries(byName.get("sightline_build_info")?.labels ?? []), {
      zone: "a",
      job: "sightline-test",
      instance: server.host,
      service: "test",
      version: "1.2.3",
      node: process.versions.node,
    });
    assert.ok(batch.points.every(({ timeUnixNano }) => timeUnixNano === BigInt(NOW_MS) * 1_000_000n));
  });

  it("keeps the good lines beside bad ones", async () => {
    await using server = await serve((_request, response) => response.end("a 1\nb b b\nc 3\n"));
    const { result, batch, errors } = await scrape(targetAt(server.host), options);
    assert.equal(result.up, true);
    assert.deepEqual(
      batch.points.slice(0, 2).map(({ name }) => name),
      ["a", "c"],
    );
    assert.deepEqual(errors, [{ line: 2, column: 4, reason: "want a number" }]);
  });

  const failures: { name: string; listener: RequestListener; error: RegExp }[] = [
    {
      name: "with another status",
      listener: (_q, r) => r.writeHead(503).end("a 1"),
      error: /got status 503, want 200/,
    },
    {
      name: "of a page",
      listener: (_q, r) => r.end("<html>\n<p>hello"),
      error: /^got no metrics: line 1, column 1: want a metric name/,
    },
    { name: "that is too long", listener: (_q, r) => r.end("a".repeat(1_000_001)), error: /longer than 1000000 bytes/ },
    {
      name: "that is cut off",
      listener: (_q, r) => void r.writeHead(200, { "content-length": "100" }).write("a 1\n", () => r.destroy()),
      error: /aborted|hang up|terminated/,
    },
  ];
  for (const { name, listener, error } of failures) {
    it(`${name} is down and says so`, async () => {
      await using server = await serve(listener);
      const { result, batch } = await scrape(targetAt(server.host), options);
      assert.equal(result.up, false);
      assert.match(result.error, error);
      assert.deepEqual(
        batch.points.map(({ name: metric, value }) => [metric, metric === "scrape_duration_seconds" ? 0 : value]),
        [
          ["up", 0],
          ["scrape_duration_seconds", 0],
          ["scrape_samples_scraped", 0],
        ],
      );
    });
  }
});
