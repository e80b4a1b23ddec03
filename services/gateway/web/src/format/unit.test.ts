import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOfMetric } from "./unit.ts";

test("the unit decides, then the name's ending", () => {
  const cases: [string, string, boolean, number, string][] = [
    ["system.memory.usage", "By", false, 1536, "1.5 KiB"],
    ["system_cpu_usage_percent", "", false, 42, "42 %"],
    ["http_request_duration_seconds", "", false, 0.0123, "12.3 ms"],
    ["http_request_duration_seconds_count", "", true, 12, "12/s"],
    ["system_network_bytes_total", "", true, 2048, "2 KiB/s"],
    ["rpc.server.duration", "ms", false, 250, "250 ms"],
    ["system_process_count", "1", false, 321, "321"],
  ];
  for (const [name, unit, isRate, value, want] of cases)
    assert.equal(formatOfMetric(name, unit, isRate)(value), want, name);
});
