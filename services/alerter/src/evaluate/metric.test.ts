import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { unavailable } from "@sightline/errors/app-error";
import { createPool, type Pool } from "@sightline/postgres/pool";
import type { Rule } from "@sightline/proto/sightline/alert/v1/alert_service";
import type { QueryMetricsRequest, Series } from "@sightline/proto/sightline/query/v1/query_service";
import { quietLog } from "@sightline/testkit/quiet-log";
import type { TestServer } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { listAlerts, listChanges, openAlertsOfRule } from "../alerts/alert-store.ts";
import { compileRule, type MetricRule } from "../rules/rule.ts";
import { listRules } from "../rules/rule-store.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { createMetricEvaluator } from "./metric.ts";

describe("evaluating metric rules", () => {
  let database: TestServer;
  let sql: Pool;
  before(async () => {
    database = await testDatabase();
    sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  });
  after(async () => {
    await sql.close();
    await database.stop();
  });

  /** A rule whose series are what the test says, by host. */
  async function watch(rule: Rule) {
    const { tenant, rule: kept } = await tenantWith(sql, rule);
    const clock = testClock();
    const start = clock();
    const asked: QueryMetricsRequest[] = [];
    let answer: { series: Series[]; totalSeries: number } | "down" = { series: [], totalSeries: 0 };
    const source = {
      queryMetrics: async (_tenant: string, request: QueryMetricsRequest) => {
        asked.push(request);
        if (answer === "down") throw unavailable("cannot query: storage is away");
        return { ...answer, stepSeconds: 5 };
      },
    };
    const evaluate = createMetricEvaluator({ sql, source, clock, newId: () => crypto.randomUUID() });
    const compiled = compileRule(tenant, kept);
    assert.equal(compiled.kind, "metric");
    const metric: MetricRule = compiled;
    return {
      tenant,
      rule: metric,
      asked,
      start,
      /** Evaluates at that second: a value for each host, or "down"; `more` series were cut off. */
      async at(second: number, values: Readonly<Record<string, number>> | "down", more = 0) {
        clock.set(start + second * 1000);
        const series = Object.entries(values).map(([host, value]) => seriesOf(host, Number(value)));
        answer = values === "down" ? "down" : { series, totalSeries: series.length + more };
        return evaluate(metric, new AbortController().signal);
      },
      /** What is open: "host state value", by host. */
      async open() {
        const alerts = await openAlertsOfRule(sql, tenant, kept.ruleId);
        return alerts.map(({ labels, state, value }) => `${labels["host"]} ${state} ${value}`).sort();
      },
      history: async () => {
        const alerts = await listAlerts(sql, tenant, {
          states: ["pending", "firing", "acknowledged", "resolved"],
          range: undefined,
          limit: 100,
        });
        return alerts;
      },
      lastError: async () => (await listRules(sql, tenant))[0]?.lastError,
      told: async () => {
        const rows = await sql.query(
          "SELECT status, channel FROM alert_notifications WHERE tenant = $1 ORDER BY notification_id",
          [tenant],
          z.object({ status: z.string(), channel: z.string() }),
        );
        return rows.map(({ status, channel }) => `${channel} ${status}`);
      },
    };
  }

  test("each series has an alert of its own that waits, fires and resolves", async () => {
    const queue = await watch(
      metricRule({ annotations: { summary: "{{ $labels.host }} holds {{ $value }}" } }, { forSeconds: 60 }),
    );
    await queue.at(0, { a: 5, b: 11 });
    assert.deepEqual(await queue.open(), ["b pending 11"]);
    await queue.at(30, { a: 20, b: 12 });
    assert.deepEqual(await queue.open(), ["a pending 20", "b pending 12"]);
    assert.deepEqual(await queue.told(), []);
    await queue.at(60, { a: 21, b: 13 });
    assert.deepEqual(await queue.open(), ["a pending 21", "b firing 13"]);
    assert.deepEqual(await queue.told(), ["hook firing"]);
    await queue.at(75, { a: 5, b: 14 });
    assert.deepEqual(await queue.open(), ["b firing 14"]);
    await queue.at(90, { a: 5, b: 10 });
    assert.deepEqual(await queue.open(), []);
    assert.deepEqual(await queue.told(), ["hook firing", "hook resolved"]);

    const [b] = (await queue.history()).filter(({ labels }) => labels["host"] === "b");
    assert.ok(b);
    assert.equal(b.summary, "b holds 13");
    assert.deepEqual(b.labels, { host: "b", alertname: "Deep queue", severity: "warning" });
    assert.equal(b.pendingSince?.getTime(), queue.start);
    assert.equal(b.firedAt?.getTime(), queue.start + 60_000);
    assert.equal(b.resolvedAt?.getTime(), queue.start + 90_000);
    const changes = await listChanges(sql, queue.tenant, b.alertId);
    assert.deepEqual(
      changes.map(({ from_state, to_state, actor, note }) => [from_state, to_state, actor, note]),
      [
        ["", "pending", "rule", "11, threshold > 10"],
        ["pending", "firing", "rule", "13, threshold > 10"],
        ["firing", "resolved", "rule", "10, threshold > 10"],
      ],
    );
  });

  test("an outage of storage changes nothing and is written down", async () => {
    const queue = await watch(metricRule({}, { forSeconds: 60 }));
    await queue.at(0, { a: 11, b: 11 });
    await queue.at(60, { a: 11 });
    assert.deepEqual(await queue.open(), ["a firing 11"]);
    await queue.at(75, "down");
    await queue.at(3600, "down");
    assert.deepEqual(await queue.open(), ["a firing 11"]);
    assert.equal(await queue.lastError(), "cannot query: storage is away");
    await queue.at(3615, { a: 12 });
    assert.deepEqual(await queue.open(), ["a firing 12"]);
    assert.equal(await queue.lastError(), "");
    assert.deepEqual(await queue.told(), ["hook firing"]);
  });

  test("a series that is gone resolves, one that was cut off stays", async () => {
    const queue = await watch(metricRule());
    await queue.at(0, { a: 11, b: 12 });
    assert.deepEqual(await queue.open(), ["a firing 11", "b firing 12"]);
    await queue.at(15, { b: 12 }, 1);
    assert.deepEqual(await queue.open(), ["a firing 11", "b firing 12"]);
    assert.match((await queue.lastError()) ?? "", /^cannot look at all series: got 2, want at most 1000/);
    await queue.at(30, { b: 12 });
    assert.deepEqual(await queue.open(), ["b firing 12"]);
    const [a] = (await queue.history()).filter(({ labels }) => labels["host"] === "a");
    assert.equal(
      (await listChanges(sql, queue.tenant, a?.alertId ?? "")).at(-1)?.note,
      "the series has no recent sample",
    );
  });

  test("it asks for the newest values only", async () => {
    const queue = await watch(metricRule());
    await queue.at(100, {});
    const [request] = queue.asked;
    assert.equal(request?.metric, "queue_depth");
    assert.equal(request.limit, 1000);
    const end = BigInt(queue.start + 100_000 + 1) * 1_000_000n;
    assert.deepEqual(request.range, { startUnixNano: end - 15_001_000_000n, endUnixNano: end });
  });

  test("two evaluators make one alert and one notification", async () => {
    const queue = await watch(metricRule());
    await Promise.all([queue.at(0, { a: 11 }), queue.at(0, { a: 11 })]);
    assert.deepEqual(await queue.open(), ["a firing 11"]);
    await Promise.all([queue.at(15, { a: 1 }), queue.at(15, { a: 1 })]);
    assert.deepEqual(await queue.told(), ["hook firing", "hook resolved"]);
  });

  test("a rule that is gone by then begins nothing", async () => {
    const queue = await watch(metricRule());
    await sql.execute("DELETE FROM alert_rules WHERE tenant = $1", [queue.tenant]);
    assert.equal(await queue.at(0, { a: 11 }), 0);
    assert.deepEqual(await queue.open(), []);
  });
});

function seriesOf(host: string, value: number): Series {
  return { labels: { host }, timesUnixMs: [1n, 2n], values: [0, value] };
}
