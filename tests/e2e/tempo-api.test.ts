// What Grafana and scripts ask Tempo, asked of the gateway: from spans that were exported to answers in JSON, in protobuf and as a
// stream.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  QueryInstantRequest,
  QueryRangeRequest,
  SearchRequest,
  SearchTagsRequest,
  SearchTagValuesRequest,
  StreamingQuerierClient,
  Trace,
  TraceByIDResponse,
} from "@sightline/proto/tempopb/tempo";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { idOf, payId, range, rootId, seconds, sendCheckouts, startOf, TRACES } from "./checkouts.ts";

const services = ["ingest", "storage", "gateway"] as const;
const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");

describe("Tempo's API", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = opened.use(await startFaultStack({ services }));
    await sendCheckouts(system.stack.doors.otlpGrpc, system.ingestKey);
    await eventually(
      async () => {
        const { traces } = searched.parse(await json("/api/search", { q: "{}", limit: "100", ...range }));
        assert.equal(traces.length, TRACES);
      },
      { timeoutMs: 60_000 },
    );
  });

  async function ask(path: string, query: Readonly<Record<string, string>> = {}, headers: Record<string, string> = {}) {
    const authorization = `Bearer ${system.queryKey}`;
    const url = `${system.stack.doors.page}/tempo${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url, { headers: { authorization, ...headers } });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get("content-type"), bytes, text: bytes.toString() };
  }

  async function json(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { status, type, text } = await ask(path, query, { accept: "application/json" });
    assert.equal(status, 200, text);
    assert.match(type ?? "", /^application\/json/);
    return JSON.parse(text);
  }

  const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
  const foundSpan = z.object({
    spanID: z.string(),
    startTimeUnixNano: z.string(),
    durationNanos: z.string(),
    attributes: z.array(attribute).optional(),
  });
  const spanSet = z.object({
    spans: z.array(foundSpan),
    matched: z.number(),
    attributes: z.array(attribute).optional(),
  });
  const foundTrace = z.object({
    traceID: z.string(),
    rootServiceName: z.string(),
    rootTraceName: z.string(),
    startTimeUnixNano: z.string(),
    durationMs: z.number(),
    spanSets: z.array(spanSet),
    serviceStats: z.record(z.string(), z.object({ spanCount: z.number(), errorCount: z.number().optional() })),
  });
  const patched = z.looseObject({ modified: z.array(z.looseObject({ changes: z.array(z.unknown()) })) });
  const composed = z.object({ summary: z.unknown(), patch: patched });
  const searched = z.object({ traces: z.array(foundTrace).default([]), metrics: z.looseObject({}) });
  const search = async (query: Readonly<Record<string, string>>) =>
    searched.parse(await json("/api/search", { ...range, ...query })).traces;
  const numbersOf = (traces: readonly { traceID: string }[]) =>
    traces.map(({ traceID }) => Number.parseInt(traceID, 16) - 0xa0);

  test("a trace comes in JSON as Tempo writes it, and in protobuf", async () => {
    const trace = z.looseObject({ batches: z.array(z.unknown()) }).parse(await json(`/api/traces/${idOf(4)}`));
    assert.deepEqual(trace.batches[1], {
      resource: {
        attributes: [
          { key: "region", value: { stringValue: "eu" } },
          { key: "service.name", value: { stringValue: "payment" } },
        ].toSorted((one, other) => order(trace.batches[1], one.key, other.key)),
      },
      scopeSpans: [
        {
          scope: {},
          spans: [
            {
              traceId: base64(idOf(4)),
              spanId: base64(payId),
              parentSpanId: base64(rootId),
              name: "pay",
              kind: "SPAN_KIND_CLIENT",
              startTimeUnixNano: String(startOf(4) + 10_000_000n),
              endTimeUnixNano: String(startOf(4) + 34_000_000n),
              events: [
                {
                  timeUnixNano: String(startOf(4) + 12_000_000n),
                  name: "exception",
                  attributes: [{ key: "exception.type", value: { stringValue: "Declined" } }],
                },
              ],
              status: { code: "STATUS_CODE_ERROR", message: "declined" },
            },
          ],
        },
      ],
    });
    const accept = { accept: "application/protobuf" };
    const first = await ask(`/api/traces/${idOf(1)}`, {}, accept);
    assert.equal(first.type, "application/protobuf");
    const { resourceSpans } = Trace.decode(first.bytes);
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    assert.deepEqual(
      spans.map(({ name, links }) => [name, links.map((link) => link.traceId.toString("hex"))]),
      [
        ["GET /cart", []],
        ["pay", [idOf(0)]],
      ],
    );
    // As Grafana asks: with the time of its panel, an hour around it.
    const second = await ask(`/api/v2/traces/${idOf(1)}`, { start: seconds(-1800), end: seconds(1800) }, accept);
    assert.deepEqual(TraceByIDResponse.decode(second.bytes).trace, { resourceSpans });
    const { trace: inJson } = z.object({ trace: z.unknown() }).parse(await json(`/api/v2/traces/${idOf(4)}`));
    assert.deepEqual(inJson, { resourceSpans: trace.batches });
  });

  /** How the table keeps the order of a map's keys is not for the test to say. */
  function order(batch: unknown, one: string, other: string): number {
    const text = JSON.stringify(batch);
    return text.indexOf(`"${one}"`) - text.indexOf(`"${other}"`);
  }

  test("of a trace only the spans that a filter selects, with those above them or without", async () => {
    const path = `/api/v2/traces/${idOf(4)}`;
    const names = async (query: Readonly<Record<string, string>>) =>
      [...JSON.stringify(await json(path, query)).matchAll(/"name":"(pay|GET \/checkout)"/g)].map(([, name]) => name);
    assert.deepEqual(await names({ q: "{ status = error }" }), ["GET /checkout", "pay"]);
    assert.deepEqual(await names({ q: "{ status = error }", keep_hierarchy: "false" }), ["pay"]);
    assert.deepEqual(await names({ q: "{ kind = server }" }), ["GET /checkout"]);
    assert.deepEqual(await names({ q: "{}" }), ["GET /checkout", "pay"]);
    const refused = await ask(path, { q: "{} >> {}" });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /want one spanset filter/);
  });

  test("traces are found by TraceQL, the newest first, with the spans and what was asked for", async () => {
    const [newest, ...others] = await search({
      q: "{ status = error } | select(resource.region, event.exception.type)",
    });
    assert.deepEqual(numbersOf(others), [4, 0]);
    assert.deepEqual(newest, {
      traceID: idOf(8),
      rootServiceName: "web",
      rootTraceName: "GET /checkout",
      startTimeUnixNano: String(startOf(8)),
      durationMs: 100,
      spanSets: [
        {
          spans: [
            {
              spanID: payId,
              startTimeUnixNano: String(startOf(8) + 10_000_000n),
              durationNanos: "28000000",
              attributes: [
                { key: "region", value: { stringValue: "eu" } },
                { key: "exception.type", value: { arrayValue: { values: [{ stringValue: "Declined" }] } } },
                { key: "status", value: { stringValue: "error" } },
              ],
            },
          ],
          matched: 1,
        },
      ],
      serviceStats: { payment: { spanCount: 1, errorCount: 1 }, web: { spanCount: 1 } },
    });
    const cases: readonly (readonly [Readonly<Record<string, string>>, readonly number[]])[] = [
      [{ q: "{ resource.service.name = `web` } > { duration > 30ms }" }, [11]],
      [{ q: "{ span.http.status_code >= 500 }", limit: "2" }, [8, 4]],
      [{ q: '{ span."user name" =~ "u[12]" }' }, [2, 1]],
      [{ q: "{ link:traceID != nil }" }, [1]],
      [{ q: "{ name = `pay` } | max(duration) > 29ms", spss: "0" }, [11, 10]],
      [{ q: "{ nestedSetParent < 0 && rootName = `GET /cart` }", start: seconds(25), end: seconds(60) }, [5, 3]],
    ];
    for (const [query, want] of cases) assert.deepEqual(numbersOf(await search(query)), want, query["q"]);
  });

  test("traces are found by tags and durations", async () => {
    const cases: readonly (readonly [Readonly<Record<string, string>>, readonly number[]])[] = [
      [{ tags: "service.name=PAY error=true" }, [8, 4, 0]],
      [{ tags: 'name="get /ch"', limit: "1" }, [10]],
      [{ tags: "http.status_code=500 root.service.name=web", minDuration: "50ms" }, [8, 4, 0]],
      [{ tags: "status.code=error", maxDuration: "0.05s" }, []],
      [{ minDuration: "100ms", maxDuration: "100ms", limit: "2" }, [11, 10]],
    ];
    for (const [query, want] of cases) assert.deepEqual(numbersOf(await search(query)), want, query["tags"]);
  });

  test("what there is to ask for", async () => {
    const scopeTags = z.object({ name: z.string(), tags: z.array(z.string()) });
    const tagsV2 = z.object({ scopes: z.array(scopeTags).default([]) });
    const { scopes } = tagsV2.parse(await json("/api/v2/search/tags", { ...range, limit: "5000" }));
    const byName = new Map(scopes.map(({ name, tags }) => [name, tags]));
    assert.deepEqual(byName.get("resource"), ["region", "service.name"]);
    assert.deepEqual(byName.get("span"), ["http.status_code", "user name"]);
    assert.deepEqual(byName.get("event"), ["exception.type"]);
    assert.ok(byName.get("intrinsic")?.includes("traceDuration"));
    const some = await json("/api/v2/search/tags", { ...range, scope: "span", q: "{ status = error && name = }" });
    assert.deepEqual(tagsV2.parse(some).scopes, []);
    assert.deepEqual(z.looseObject({ tagNames: z.unknown() }).parse(await json("/api/search/tags", range)).tagNames, [
      "exception.type",
      "http.status_code",
      "region",
      "service.name",
      "user name",
    ]);

    const values = async (tag: string, query: Readonly<Record<string, string>> = {}) => {
      const path = `/api/v2/search/tag/${encodeURIComponent(encodeURIComponent(tag))}/values`;
      const found = z.object({ tagValues: z.array(z.object({ type: z.string(), value: z.string() })).default([]) });
      const { tagValues } = found.parse(await json(path, { ...range, ...query }));
      return tagValues.map(({ type, value }) => `${type} ${value}`);
    };
    assert.deepEqual(await values("resource.service.name"), ["string payment", "string web"]);
    assert.deepEqual(await values("resource.service.name", { q: "{ status = error }" }), ["string payment"]);
    assert.deepEqual(await values(".http.status_code"), ["int 200", "int 500"]);
    assert.deepEqual(await values("status"), ["keyword error", "keyword ok", "keyword unset"]);
    assert.deepEqual(await values("event.exception.type"), ["string Declined"]);
    assert.deepEqual(await values("rootName"), ["string GET /cart", "string GET /checkout"]);
    assert.deepEqual(await values("duration"), []);
    assert.equal((await values('span."user name"', { limit: "3" })).length, 3);
    const old = z.looseObject({ tagValues: z.array(z.string()) });
    assert.deepEqual(old.parse(await json("/api/search/tag/service.name/values", range)).tagValues, ["payment", "web"]);
    assert.deepEqual(old.parse(await json("/api/search/tag/name/values", range)).tagValues.length, 3);
  });

  test("metrics over a range and at one time, with traces as examples", async () => {
    const labels = z.array(attribute);
    const sample = z.object({ timestampMs: z.string(), value: z.number() });
    const inRange = z.object({ series: z.array(z.looseObject({ labels, samples: z.array(sample) })) });
    const query = { q: "{ name = `pay` } | count_over_time() by (status)", ...range, step: "60s" };
    const { series } = inRange.parse(await json("/api/metrics/query_range", query));
    const counts = series.map((one) => [
      one.labels[0]?.value["stringValue"],
      one.samples.reduce((sum, { value }) => sum + value, 0),
    ]);
    assert.deepEqual(counts.toSorted(), [
      ["error", 3],
      ["ok", 9],
    ]);
    const exemplar = z.object({ labels, value: z.number(), timestampMs: z.string() });
    const withExemplars = z.object({ series: z.array(z.looseObject({ exemplars: z.array(exemplar) })) });
    const examples = withExemplars.parse(
      await json("/api/metrics/query_range", { ...query, q: "{ name = `pay` } | avg_over_time(duration)" }),
    );
    const [first] = examples.series[0]?.exemplars ?? [];
    assert.deepEqual(first?.labels[0]?.key, "trace:id");

    const atOnce = z.object({ series: z.array(z.object({ labels, value: z.number() })) });
    const instant = async (q: string) => {
      const answer = atOnce.parse(await json("/api/metrics/query", { ...range, q }));
      return answer.series.map(({ value }) => value).toSorted((one, other) => one - other);
    };
    assert.deepEqual(await instant("{} | count_over_time() by (resource.service.name)"), [12, 12]);
    assert.deepEqual(await instant("{ name = `pay` } | max_over_time(duration)"), [0.031]);
    assert.deepEqual(await instant("{ kind = server } >> { status = error } | count_over_time()"), [3]);
  });

  test("Grafana streams: what was found comes while the search goes on, and all of it at the end", async () => {
    // It asks by gRPC where it asks by HTTP: at the address of the data source.
    const { host } = new URL(system.stack.doors.page);
    const client = createClient(StreamingQuerierClient, host, { apiKey: system.queryKey });
    const stranger = createClient(StreamingQuerierClient, host, { apiKey: "sl_nobody" });
    const { start, end } = { start: Number(range.start), end: Number(range.end) };
    const collect = <T>(stream: AsyncIterable<T>) => Array.fromAsync(stream);
    try {
      const query = "{ status = error }";
      const request = SearchRequest.create({ query, start: start - 43_200, end, limit: 20, spansPerSpanSet: 3 });
      const parts = await collect(client.stream("search", request));
      assert.deepEqual(numbersOf(parts[0]?.traces ?? []), [8, 4, 0]);
      assert.deepEqual(numbersOf(parts.at(-1)?.traces ?? []), [8, 4, 0]);
      assert.ok(parts.length > 2, "tells how far it is");
      assert.equal(parts.at(-1)?.metrics?.completedJobs, parts.at(-1)?.metrics?.totalJobs);
      const progress = parts.map(({ metrics }) => metrics?.completedJobs ?? 0);
      assert.deepEqual(
        progress,
        progress.toSorted((one, other) => one - other),
      );

      const tags = SearchTagsRequest.create({ start, end, scope: "resource" });
      assert.deepEqual((await collect(client.stream("searchTags", tags)))[0]?.tagNames, ["region", "service.name"]);
      assert.deepEqual((await collect(client.stream("searchTagsV2", tags)))[0]?.scopes, [
        { name: "resource", tags: ["region", "service.name"] },
      ]);
      const values = SearchTagValuesRequest.create({ tagName: "service.name", start, end });
      assert.deepEqual((await collect(client.stream("searchTagValues", values)))[0]?.tagValues, ["payment", "web"]);
      const typed = { ...values, tagName: "resource.service.name", query: "{ status = ok }" };
      assert.deepEqual((await collect(client.stream("searchTagValuesV2", typed)))[0]?.tagValues, [
        { type: "string", value: "payment" },
      ]);

      const times = { start: BigInt(start) * 1_000_000_000n, end: BigInt(end) * 1_000_000_000n };
      const count = "{ status = error } | count_over_time()";
      const ranged = QueryRangeRequest.create({ query: count, ...times, step: 300_000_000_000n });
      const [{ series = [] } = {}] = await collect(client.stream("metricsQueryRange", ranged));
      assert.equal(
        series.flatMap(({ samples }) => samples).reduce((sum, { value }) => sum + value, 0),
        3,
      );
      const instant = QueryInstantRequest.create({ query: count, ...times });
      const [answer] = await collect(client.stream("metricsQueryInstant", instant));
      assert.deepEqual(answer?.series[0]?.value, 3);

      const wrong = SearchRequest.create({ query: "{ status = }", start, end });
      await assert.rejects(collect(client.stream("search", wrong)), { code: "invalid_argument" });
      await assert.rejects(collect(stranger.stream("search", request)), { code: "unauthenticated" });
    } finally {
      client.close();
      stranger.close();
    }
  });

  test("two traces are compared: what came, what went, what is slower, what fails", async () => {
    const headers = { authorization: `Bearer ${system.queryKey}` };
    const diff = async (body: unknown) => {
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      const response = await fetch(`${system.stack.doors.page}/tempo/api/v2/traces/diff`, init);
      return { status: response.status, text: await response.text() };
    };
    const sides = { base: { traceId: idOf(1) }, compare: { traceID: idOf(4), start: Number(seconds(-60)) } };
    const both = await diff({ ...sides, format: "trace-summary-v0-composed" });
    const { summary, patch } = composed.parse(JSON.parse(both.text));
    const signals = { traceLatency: "unchanged", errors: "increased", structure: "changed" };
    assert.partialDeepStrictEqual(summary, { signals, changedServices: ["payment", "web"] });
    assert.deepEqual(JSON.parse((await diff(sides)).text), patch);
    assert.partialDeepStrictEqual(patch.modified[0]?.changes[0], { before: "ok", after: "error" });
    assert.deepEqual(await diff({ ...sides, base: { traceId: "f" } }), { status: 404, text: "trace not found" });
    assert.equal((await diff({ ...sides, base: {} })).status, 400);
  });

  test("what is wrong is told in Tempo's statuses and words", async () => {
    const search = "/api/search";
    const metrics = "/api/metrics/query_range";
    const cases: readonly (readonly [string, Readonly<Record<string, string>>, number, RegExp])[] = [
      [`/api/traces/${"f".repeat(32)}`, {}, 404, /trace not found/],
      [`/api/v2/traces/${idOf(1)}`, { start: "1000", end: "2000" }, 404, /trace not found/],
      [
        "/api/traces/nothex",
        {},
        400,
        /^trace IDs can only contain hex characters: invalid character 'n' at position 1$/,
      ],
      [`/api/traces/${"a".repeat(33)}`, {}, 400, /^trace IDs can't be larger than 128 bits$/],
      [`/api/traces/${idOf(1)}`, { start: "10", end: "5" }, 400, /start must be before end\. received start=10 end=5/],
      [search, { q: "{ status = " }, 400, /line 1/],
      [search, { q: "{} | rate()" }, 400, /want one that finds spans/],
      [search, { q: "{}", tags: "a=b" }, 400, /can't specify tags and q/],
      [search, { tags: "a=b a=c" }, 400, /has been set twice/],
      [search, { tags: "a" }, 400, /want name=value/],
      [search, { q: "{}", limit: "0" }, 400, /invalid limit: must be a positive number/],
      [search, { q: "{}", limit: "1000000" }, 400, /exceeds max limit 1000/],
      [search, { q: "{}", limit: "many" }, 400, /invalid limit/],
      [search, { q: "{}", start: "20", end: "10" }, 400, /start must be before end/],
      [search, { q: "{}", start: "yesterday" }, 400, /invalid start/],
      [search, { minDuration: "2s", maxDuration: "1s" }, 400, /invalid maxDuration/],
      [search, { minDuration: "long" }, 400, /invalid minDuration/],
      ["/api/v2/search/tags", { scope: "everything" }, 400, /invalid scope: everything/],
      ["/api/v2/search/tag/nothing/values", {}, 400, /nothing/],
      [metrics, {}, 400, /got no q/],
      [metrics, { q: "{}" }, 400, /want one that ends in a metrics function/],
      [metrics, { q: "{} | rate()", step: "-1s" }, 400, /step/],
      [metrics, { q: "{} | rate()", start: "soon" }, 400, /start/],
      [metrics, { q: "{} | rate()", since: "720h", step: "1s" }, 400, /points/],
    ];
    for (const [path, query, status, text] of cases) {
      const answer = await ask(path, query);
      assert.equal(answer.status, status, `${path} ${JSON.stringify(query)}: ${answer.text}`);
      assert.match(answer.text, text);
      assert.match(answer.type ?? "", /^text\/plain/);
    }
    const nobody = await ask(search, { q: "{}" }, { authorization: "Bearer sl_nobody" });
    assert.equal(nobody.status, 401);
  });

  test("Grafana finds that the address is right", async () => {
    assert.deepEqual((await ask("/api/echo")).text, "echo");
    const { version } = z.looseObject({ version: z.string() }).parse(await json("/api/status/buildinfo"));
    assert.match(version, /^2\.\d+\.\d+$/);
  });
});
