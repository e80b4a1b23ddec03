import assert from "node:assert/strict";
import { test } from "node:test";
import { Severity, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventToJson } from "./json.ts";

test("what is set is shown, what is not is absent", () => {
  const bare = SystemEvent.fromPartial({
    eventId: "018bcfe5-6800-7bab-abab-abababababab",
    timeUnixNano: 1_795_225_839_123_456_789n,
    eventType: "deployment",
    severity: Severity.CRITICAL,
    source: "ci",
    title: "web 1.2 is out",
    details: '{"n":1,"list":[null]}',
  });
  const shown = {
    eventId: "018bcfe5-6800-7bab-abab-abababababab",
    time: "2026-11-21T01:50:39.123456789Z",
    eventType: "deployment",
    severity: "critical",
    source: "ci",
    target: "",
    category: "",
    title: "web 1.2 is out",
    description: "",
    details: { n: 1, list: [null] },
    observedTime: null,
  };
  assert.deepEqual(eventToJson(bare), shown);
  const measured = SystemEvent.fromPartial({
    ...bare,
    healthScore: 0,
    resourceUsage: { diskPercent: 0 },
    metadata: { userId: "ada" },
    observedTimeUnixNano: 1n,
  });
  assert.deepEqual(eventToJson(measured), {
    ...shown,
    healthScore: 0,
    resourceUsage: { diskPercent: 0 },
    metadata: { correlationId: "", traceId: "", spanId: "", userId: "ada", sourceIp: "", labels: {} },
    observedTime: "1970-01-01T00:00:00.000000001Z",
  });
});
