import assert from "node:assert/strict";
import { test } from "node:test";
import { boardCharts, hostsOf, linesOf } from "./board-charts.ts";

test("hosts are found by the surest label that series have", () => {
  const series = (...all: Record<string, string>[]) => all.map((labels) => ({ labels }));
  assert.deepEqual(hostsOf(series({ "host.name": "b", instance: "x" }, { "host.name": "a" })), {
    label: "host.name",
    hosts: ["a", "b"],
  });
  assert.deepEqual(hostsOf(series({ instance: "x" })), { label: "instance", hosts: ["x"] });
  assert.deepEqual(hostsOf(series({ other: "x" })), { label: undefined, hosts: [] });
  assert.deepEqual(hostsOf([]), { label: undefined, hosts: [] });
});

test("a chosen host is in every query, no host in none", () => {
  const matchers = (host: string) =>
    boardCharts("host.name", host).map(({ lines }) => lines.every(({ query }) => query.match.includes("host.name=a")));
  assert.ok(matchers("a").every((has) => has));
  assert.ok(matchers("").every((has) => !has));
});

test("every host metric has its place", () => {
  const metrics = new Set(boardCharts("host.name", "").flatMap(({ lines }) => lines.map(({ query }) => query.metric)));
  assert.deepEqual([...metrics].sort(), [
    "system_cpu_load_15m",
    "system_cpu_load_1m",
    "system_cpu_load_5m",
    "system_cpu_usage_percent",
    "system_disk_usage_bytes",
    "system_disk_usage_percent",
    "system_file_descriptors_open",
    "system_memory_usage_bytes",
    "system_memory_usage_percent",
    "system_network_bytes_total",
    "system_process_count",
  ]);
});

test("lines are picked by a label in the order of their names, or named", () => {
  const query = { metric: "m", match: [], function: "", aggregation: "sum", by: [] };
  const series = (labels: Record<string, string>) => ({ labels, points: [] });
  const names = (...args: Parameters<typeof linesOf>) => linesOf(...args).map(({ label }) => label);
  const pick = { label: "type", names: { used: "used", free: "left" } };
  assert.deepEqual(
    names({ query, pick }, [series({ type: "free" }), series({ type: "used" }), series({ type: "x" })]),
    ["used", "left"],
  );
  assert.deepEqual(names({ query, name: "1 min" }, [series({})]), ["1 min"]);
  assert.deepEqual(names({ query }, [series({ host: "a" })]), ["a"]);
  assert.deepEqual(names({ query }, [series({ host: "a" }), series({ host: "b" })]), ["a", "b"]);
});
