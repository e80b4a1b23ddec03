// The same samples in a real Prometheus and in Sightline, and the same queries asked of both: the same answers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { hasApt } from "@sightline/local/install/debian";
import { eventually } from "@sightline/testkit/eventually";
import { compressSync } from "snappy";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../../faults/fault-stack.ts";
import { createRestClient, login } from "../rest-client.ts";
import { queries } from "./queries.ts";
import { SCRAPE_MS, SCRAPES, seriesFrom, writeRequests } from "./samples.ts";
import { startReceivingPrometheus } from "./server.ts";

const skip = hasApt() ? false : "no apt to have a prometheus from";
const LENGTH_MS = SCRAPES * SCRAPE_MS;
const startMs = Math.floor((Date.now() - LENGTH_MS) / 60_000) * 60_000 - 60_000;
const endMs = startMs + LENGTH_MS;
const TOLERANCE = 1e-6;

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const data = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.literal("vector"), result: z.array(z.object({ metric: labels, value: point })) }),
  z.object({ resultType: z.literal("matrix"), result: z.array(z.object({ metric: labels, values: z.array(point) })) }),
  z.object({ resultType: z.literal("scalar"), result: point }),
  z.object({ resultType: z.literal("string"), result: point }),
]);
const statistics = z.object({
  samples: z.object({ totalQueryableSamples: z.number(), totalQueryableSamplesPerStep: z.array(z.unknown()) }),
});
const answer = z.object({
  status: z.string(),
  errorType: z.string().optional(),
  data: z.intersection(data, z.object({ stats: statistics.optional() })).optional(),
});
type Answer = z.infer<typeof answer>;

interface Api {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function ask({ url, headers }: Api, path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const body = new URLSearchParams(form);
  const response = await fetch(`${url}/api/v1/${path}`, { method: "POST", headers, body });
  return answer.parse(await response.json());
}

/** The points of an answer by series; scalars are a series of their own. */
function pointsOf({ data: got }: Answer): Map<string, readonly (readonly [number, string])[]> {
  switch (got?.resultType) {
    case "vector":
      return new Map(got.result.map(({ metric, value }) => [keyOf(metric), [value]]));
    case "matrix":
      return new Map(got.result.map(({ metric, values }) => [keyOf(metric), values]));
    case "scalar":
    case "string":
      return new Map([["", [got.result]]]);
    default:
      return new Map();
  }
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isClose(got: string, want: string): boolean {
  if (got === want) return true;
  const [a, b] = [Number(got), Number(want)];
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) + 1e-12;
}

/** What differs, in words; nothing when nothing does. */
function difference(got: Answer, want: Answer): string | undefined {
  if (got.status !== want.status || got.errorType !== want.errorType) {
    return `got ${got.status} ${got.errorType}, want ${want.status} ${want.errorType}`;
  }
  if (got.data?.resultType !== want.data?.resultType)
    return `got ${got.data?.resultType}, want ${want.data?.resultType}`;
  const [found, wanted] = [pointsOf(got), pointsOf(want)];
  for (const [key, points] of wanted) {
    const mine = found.get(key);
    if (mine === undefined) return `no series ${key}`;
    if (mine.length !== points.length) return `${key}: got ${mine.length} points, want ${points.length}`;
    for (const [at, [time, value]] of points.entries()) {
      const [myTime, myValue] = mine[at] ?? [];
      if (myTime === time && isClose(myValue ?? "", value)) continue;
      return `${key}: got ${myTime} ${myValue}, want ${time} ${value}`;
    }
  }
  const more = [...found.keys()].find((key) => !wanted.has(key));
  return more === undefined ? undefined : `a series ${more} that is not wanted`;
}

describe("PromQL as a real Prometheus answers it", { skip, timeout: 400_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let ours: Api;
  let theirs: Api;

  before(async () => {
    system = closers.use(await startFaultStack({ services: ["ingest", "storage", "gateway"] }));
    const { page, otlpHttp } = system.stack.doors;
    const rest = createRestClient(page, await login(page, system.stack.adminUser, system.stack.secrets.adminPassword));
    const made = await rest.send("POST", "/v1/keys", { name: "q", scopes: ["query"] }, z.object({ key: z.string() }));
    ours = { url: page, headers: { authorization: `Bearer ${made.key}` } };
    const prometheus = closers.use(await startReceivingPrometheus());
    theirs = { url: prometheus.url, headers: {} };
    await eventually(async () => assert.equal((await fetch(`${prometheus.url}/-/ready`)).status, 200));
    for (const request of writeRequests(seriesFrom(startMs), startMs)) {
      await write(`${prometheus.url}/api/v1/write`, request, {});
      await write(`${otlpHttp}/api/v1/write`, request, { authorization: `Bearer ${system.ingestKey}` });
    }
    // All samples, and that their series were still there in the end: both are stored for themselves.
    for (const query of [
      `sum(count_over_time({__name__=~".+"}[${LENGTH_MS / 1000 + 60}s]))`,
      'count({__name__=~".+"})',
    ]) {
      const all = { query, time: String(endMs / 1000) };
      const want = await ask(theirs, "query", all);
      await eventually(async () => assert.equal(difference(await ask(ours, "query", all), want), undefined));
    }
  });

  async function write(url: string, request: Buffer, headers: Readonly<Record<string, string>>): Promise<void> {
    const type = { "content-type": "application/x-protobuf", "content-encoding": "snappy" };
    const version = { "x-prometheus-remote-write-version": "0.1.0" };
    const body = compressSync(request);
    const response = await fetch(url, { method: "POST", headers: { ...type, ...version, ...headers }, body });
    assert.ok(response.ok, await response.text());
  }

  /** Asks both every query, and says what differs; `more` looks at the answers further. */
  async function compare(
    path: string,
    form: Readonly<Record<string, string>>,
    more: (query: string, got: Answer, want: Answer) => string | undefined = () => undefined,
  ): Promise<void> {
    const all = queries();
    assert.ok(all.length > 380, `${all.length} queries`);
    const differences: string[] = [];
    let answered = 0;
    for (const query of all) {
      const [got, want] = await Promise.all([
        ask(ours, path, { query, ...form }),
        ask(theirs, path, { query, ...form }),
      ]);
      const found = difference(got, want) ?? more(query, got, want);
      if (found !== undefined) differences.push(`${query}: ${found}`);
      if (pointsOf(want).size > 0) answered += 1;
    }
    assert.deepEqual(differences, []);
    assert.ok(answered > 300, `only ${answered} queries have an answer at all`);
  }

  test("at one time", () => compare("query", { time: String(endMs / 1000 - 60) }));

  test("over a range, as many samples being looked at, step by step", async () => {
    let looked = 0;
    const samples = (query: string, { data: got }: Answer, { data: want }: Answer) => {
      // Of a subquery Prometheus counts the points, we count what they are made of.
      if (want?.stats === undefined || /\[[^\]]*:/.test(query)) return undefined;
      const [mine, wanted] = [got?.stats?.samples, want.stats.samples];
      if (wanted.totalQueryableSamples > 0) looked += 1;
      const steps = JSON.stringify(wanted.totalQueryableSamplesPerStep);
      if (JSON.stringify(mine?.totalQueryableSamplesPerStep) === steps) return undefined;
      return `got ${mine?.totalQueryableSamples} samples, want ${wanted.totalQueryableSamples}`;
    };
    const times = { start: String(startMs / 1000 + 21 * 60), end: String(endMs / 1000), step: "60" };
    await compare("query_range", { ...times, stats: "all" }, samples);
    assert.ok(looked > 300, `only ${looked} queries look at anything`);
  });

  test("over a range whose step is finer than scrapes", () =>
    compare("query_range", { start: String(endMs / 1000 - 239), end: String(endMs / 1000), step: "10" }));

  test("of which a part was asked for before, as without", async () => {
    const uncached = { ...ours, headers: { ...ours.headers, "cache-control": "no-store" } };
    const times = (from: number, to: number) => ({
      start: String(startMs / 1000 + from * 60),
      end: String(endMs / 1000 + to * 60),
      step: "60",
    });
    const differences: string[] = [];
    for (const query of queries().filter((_, at) => at % 3 === 0)) {
      await ask(ours, "query_range", { query, ...times(15, -2) });
      const asked = { query, ...times(16, 0) };
      const [got, want] = [await ask(ours, "query_range", asked), await ask(uncached, "query_range", asked)];
      const found = difference(got, want);
      if (found !== undefined) differences.push(`${query}: ${found}`);
    }
    assert.deepEqual(differences, []);
  });
});
