import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { startGateway, type TestGateway } from "../testing/gateway.ts";
import { dashboardForm } from "./dashboard.ts";

describe("the monitoring API", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway[Symbol.asyncDispose]());

  async function read<T>(path: string, form: z.ZodType<T>): Promise<T> {
    const answer = await gateway.get(`/api/v1/monitoring/${path}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return form.parse(JSON.parse(text));
  }

  test("metrics are Prometheus' text, with quotes and backslashes escaped", async () => {
    const answer = await gateway.get("/api/v1/monitoring/metrics");
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(
      await answer.text(),
      "# HELP system_disk_usage_percent Disk in use by path, percent\n" +
        "# TYPE system_disk_usage_percent gauge\n" +
        'system_disk_usage_percent{path="a \\"quoted\\" \\\\ path"} 12.5 2000\n',
    );
  });

  test("system resources are the newest values", async () => {
    const form = z.object({ resources: z.record(z.string(), z.array(z.looseObject({ value: z.number() }))) });
    const { resources } = await read("system/resources", form);
    assert.deepEqual(
      Object.entries(resources).map(([name, values]) => [name, values.map(({ value }) => value)]),
      [["system_disk_usage_percent", [12.5]]],
    );
  });

  test("logs are searched by level and category", async () => {
    const form = z.object({
      logs: z.array(z.looseObject({ severityNumber: z.number(), attributes: z.record(z.string(), z.string()) })),
    });
    const { logs } = await read("logs/search?level=ERROR&category=business&limit=5", form);
    assert.deepEqual(
      logs.map(({ severityNumber, attributes }) => [severityNumber, attributes.category]),
      [[17, "business"]],
    );
  });

  test("security events are those of the category security", async () => {
    const form = z.object({ totalCount: z.number(), events: z.array(z.looseObject({ category: z.string() })) });
    const { events } = await read("security/events?hours=2", form);
    assert.deepEqual(
      events.map(({ category }) => category),
      ["security"],
    );
  });

  test("performance traces are those of the service", async () => {
    const form = z.object({ traces: z.array(z.looseObject({ rootService: z.string() })) });
    const { traces } = await read("performance/traces?service=shop", form);
    assert.deepEqual(
      traces.map(({ rootService }) => rootService),
      ["shop"],
    );
  });

  test("detailed health names what is down, and goes on without it", async () => {
    const component = z.looseObject({ status: z.string(), error: z.string().optional() });
    const form = z.object({ status: z.string(), components: z.record(z.string(), component), fleet: z.unknown() });
    const { status, components, fleet } = await read("health/detailed", form);
    assert.equal(status, "degraded");
    assert.equal(fleet, null);
    assert.equal(components.storage?.status, "up");
    assert.equal(components.analyzer?.status, "down");
    assert.match(components.analyzer?.error ?? "", /cannot reach/);
  });

  test("the dashboard shows what there is, and says what it misses and why", async () => {
    const { time: _, system, missing, ...rest } = await read("dashboard", dashboardForm);
    assert.deepEqual(rest, {
      health: null,
      application: { services: [] },
      database: { tables: [] },
      security: { eventsLastDay: 1 },
      logs: { recordsLastHour: 1, errorsLastHour: 0 },
      alerts: null,
    });
    assert.deepEqual(Object.keys(system ?? {}), ["system_disk_usage_percent"]);
    assert.deepEqual(Object.keys(missing).toSorted(), ["alerts", "health"]);
    assert.match(missing["alerts"] ?? "", /cannot reach/);
  });

  for (const path of ["security/events?hours=0", "logs/search?level=awful", "system/resources?nonsense=1"]) {
    test(`${path} is refused`, async () => {
      const answer = await gateway.get(`/api/v1/monitoring/${path}`);
      assert.equal(answer.status, 400, await answer.text());
    });
  }
});
