// Rules, alerts and targets as Prometheus tells them: what Grafana's alerting pages and scripts ask for.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../../faults/fault-stack.ts";
import { createRestClient, login } from "../rest-client.ts";
import { jsonShape, missingFrom } from "./json-shape.ts";
import { startScrapingPrometheus } from "./server.ts";

/** Rules of every kind, one in each state that lasts. */
const rules = `groups:
  - name: shapes
    interval: 1s
    limit: 10
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { made: here }
      - alert: Firing
        expr: vector(1) > 0
        labels: { severity: page }
        annotations: { summary: it is }
      - alert: Pending
        expr: vector(1) > 0
        for: 1h
      - alert: Quiet
        expr: vector(1) > 2
`;

interface Told {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Whether it is a map whose keys are data. */
  readonly isOpen?: true;
  /** A place in a real one's answer from which on there is all to compare: it takes a scrape and an evaluation. */
  readonly until?: string;
  /** What is told since a release after the one that is asked (2.42). */
  readonly newer?: readonly string[];
}

const told: readonly Told[] = [
  { path: "/status/config", until: ".yaml" },
  { path: "/status/flags", until: ".*", isOpen: true },
  { path: "/status/runtimeinfo", newer: [".hostname", ".serverTime", ".GOMEMLIMIT"] },
  { path: "/status/buildinfo", until: ".version" },
  { path: "/status/tsdb", until: ".seriesCountByLabelValuePair[].value" },
  { path: "/status/walreplay", newer: [".state"] },
  {
    path: "/targets",
    until: ".activeTargets[].labels.*",
    newer: [".droppedTargetCounts", ".droppedTargetCounts.*"],
  },
  { path: "/targets", query: { state: "dropped" }, newer: [".droppedTargetCounts", ".droppedTargetCounts.*"] },
  { path: "/targets/metadata", query: { limit: "5" }, until: "[].metric" },
  { path: "/targets/metadata", query: { metric: "go_goroutines" }, until: "[].type" },
  { path: "/metadata", until: ".*[].type", isOpen: true },
  { path: "/rules", until: ".groups[].rules[].alerts[].value" },
  { path: "/alerts", until: ".alerts[].value" },
  { path: "/alertmanagers", until: ".activeAlertmanagers" },
];

const description = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: z
        .object({
          summary: z.string(),
          parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean() })).default([]),
          responses: z.object({
            "200": z.object({ content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })) }),
          }),
        })
        .optional(),
    }),
  ),
});

/** What endpoints are asked with that want to be asked with something. */
const examples = {
  query: "vector(1)",
  start: "1700000000",
  end: "1700000060",
  step: "30",
  "match[]": "up",
  scrapePool: "cart",
  labels: "{}",
};

describe("Prometheus' API of rules and targets", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let rest: ReturnType<typeof createRestClient>;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway", "alerter", "collector"] }));
    const { page } = system.stack.doors;
    rest = createRestClient(page, await login(page, system.stack.adminUser, system.stack.secrets.adminPassword));
  });

  const answer = z.object({ status: z.string(), data: z.unknown(), error: z.string() }).partial();

  async function get(path: string, query: Readonly<Record<string, string>> = {}) {
    const url = `${system.stack.doors.page}/api/v1${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${system.queryKey}` } });
    return { status: response.status, body: answer.parse(await response.json()) };
  }

  test("rules and alerts, in Prometheus' shape", async () => {
    const rule = {
      name: "too many requests",
      severity: "error",
      metric: {
        query: { metric: "requests_total", matchers: ["code=a"], function: "rate", windowSeconds: 300 },
        comparison: "greater",
        threshold: 1000,
        forSeconds: 60,
      },
      labels: { team: "shop" },
      annotations: { summary: "Too many." },
    };
    await rest.send("POST", "/v1/rules", rule, z.unknown());
    const mine = { "rule_name[]": "too many requests" };
    const { body } = await get("/rules", mine);
    const groups = z
      .object({ groups: z.array(z.looseObject({ name: z.string(), rules: z.array(z.looseObject({})) })) })
      .parse(body.data).groups;
    const [found = assert.fail("no rule")] = groups.flatMap((group) => group.rules);
    assert.partialDeepStrictEqual(found, {
      name: "too many requests",
      query: 'rate(requests_total{code="a"}[5m]) > 1000',
      duration: 60,
      state: "inactive",
      type: "alerting",
      labels: { severity: "error", team: "shop" },
      annotations: { summary: "Too many." },
      alerts: [],
    });
    assert.deepEqual((await get("/rules", { type: "record" })).body.data, { groups: [] });
    assert.deepEqual((await get("/rules", { ...mine, "match[]": '{team="other"}' })).body.data, { groups: [] });
    const paged = await get("/rules", { ...mine, group_limit: "1", exclude_alerts: "true" });
    assert.match(JSON.stringify(paged.body.data), /"groupNextToken":""/);
    assert.doesNotMatch(JSON.stringify(paged.body.data), /"alerts"/);
    for (const [wrong, error] of [
      [{ type: "both" }, 'invalid parameter "type": not supported value "both"'],
      [{ group_limit: "0" }, 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
      [{ group_next_token: "x" }, /^invalid parameter "group_next_token": group_limit needs to be present/],
      [{ exclude_alerts: "perhaps" }, /^invalid parameter "exclude_alerts": error converting exclude_alerts/],
    ] as const) {
      const { status, body } = await get("/rules", wrong);
      assert.equal(status, 400);
      assert.match(body.error ?? "", typeof error === "string" ? new RegExp(`^${RegExp.escape(error)}$`) : error);
    }
    z.object({ alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), value: z.string() })) }).parse(
      (await get("/alerts")).body.data,
    );
    const none = { activeAlertmanagers: [], droppedAlertmanagers: [] };
    assert.deepEqual((await get("/alertmanagers")).body.data, none);
  });

  test("targets that are scraped, and what their metrics are", async () => {
    const target = { kind: "scrape", address: "http://127.0.0.1:9/metrics", labels: { team: "shop" } };
    await rest.send("PUT", "/v1/targets/cart", target, z.unknown());
    const { body } = await get("/targets", { scrapePool: "cart" });
    assert.partialDeepStrictEqual(body.data, {
      activeTargets: [
        {
          scrapePool: "cart",
          scrapeUrl: "http://127.0.0.1:9/metrics",
          labels: { instance: "127.0.0.1:9", job: "cart", team: "shop" },
          scrapeInterval: "15s",
        },
      ],
      droppedTargets: [],
    });
    const pools = z.object({ scrapePools: z.array(z.string()) }).parse((await get("/scrape_pools")).body.data);
    assert.ok(pools.scrapePools.includes("cart"));
    assert.deepEqual((await get("/targets", { scrapePool: "other" })).body.data, {
      activeTargets: [],
      droppedTargets: [],
      droppedTargetCounts: {},
    });
    assert.equal((await get("/targets/metadata", { match_target: '{job="other"}' })).status, 404);
    await eventually(
      async () => {
        const known = await get("/targets/metadata", { match_target: '{job="cart"}', metric: "up" });
        assert.match(JSON.stringify(known.body.data), /"type":"gauge"/);
      },
      { timeoutMs: 60_000 },
    );
    const config = JSON.stringify((await get("/status/config")).body.data);
    assert.match(config, /cart/);
    const asked = { scrapePool: "cart", labels: '{"__address__":"127.0.0.1:9"}' };
    assert.deepEqual((await get("/targets/relabel_steps", asked)).body.data, { steps: [] });
    for (const [wrong, error] of [
      [{ labels: "{}" }, "no scrapePool parameter provided"],
      [{ scrapePool: "cart" }, "no labels parameter provided"],
      [{ ...asked, labels: "cart" }, 'error parsing labels: want a JSON object of texts such as {"job":"api"}'],
      [{ ...asked, scrapePool: "x" }, 'error retrieving scrape config: scrape pool "x" not found'],
    ] as const) {
      const { status, body } = await get("/targets/relabel_steps", wrong);
      assert.deepEqual([status, body.error], [400, error]);
    }
  });

  test("the answers are as openapi.yaml says", async () => {
    const headers = { authorization: `Bearer ${system.queryKey}` };
    const api = `${system.stack.doors.page}/api/v1`;
    const described = await (await fetch(`${api}/openapi.yaml`, { headers })).text();
    const { paths } = description.parse(JSON.parse(described));
    const values = new Map(Object.entries(examples));
    for (const [path, { get: operation }] of Object.entries(paths)) {
      if (operation === undefined || path === "/openapi.yaml") continue;
      const query = new URLSearchParams();
      for (const { name, in: where, required } of operation.parameters) {
        if (where === "query" && required) query.set(name, values.get(name) ?? assert.fail(`no example of ${name}`));
      }
      const response = await fetch(`${api}${path.replace("{name}", "job")}?${query}`, { headers });
      const answered = z.unknown().parse(await response.json());
      const { schema } = operation.responses["200"].content["application/json"] ?? assert.fail(path);
      const { success, error } = z.fromJSONSchema(schema).safeParse(answered);
      const isDisabled = /not enabled/.test(operation.summary);
      const text = `${path}: ${response.status} ${JSON.stringify(answered).slice(0, 500)} ${error}`;
      assert.deepEqual([response.status, success], isDisabled ? [503, false] : [200, true], text);
    }
  });

  test("the answers are made of what those of a real Prometheus are made of", async () => {
    await using prometheus = await startScrapingPrometheus(rules);
    await rest.send("PUT", "/v1/rule-files/shapes", { source: rules }, z.unknown());
    const target = { kind: "scrape", address: `${prometheus.url}/metrics`, intervalMs: 1000 };
    await rest.send("PUT", "/v1/targets/prometheus", target, z.unknown());
    for (const { path, query, isOpen, until = "", newer = [] } of told) {
      const compare = async () => {
        const response = await fetch(`${prometheus.url}/api/v1${path}?${new URLSearchParams(query)}`);
        const theirs = jsonShape(answer.parse(await response.json()).data, isOpen);
        const ours = jsonShape((await get(path, query)).body.data, isOpen);
        assert.ok(theirs.has(until), `${path} has no ${until} yet`);
        assert.deepEqual(missingFrom(ours, theirs), [], `${path} lacks what Prometheus tells`);
        const more = [...ours.keys()].filter((at) => !theirs.has(at));
        assert.deepEqual(more, newer, `${path} has what Prometheus does not tell`);
      };
      await eventually(compare, { timeoutMs: 60_000 });
    }
  });
});
