import assert from "node:assert/strict";
import { test } from "node:test";
import { Severity, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventToJson } from "./json.ts";
import { parseJsonEvent } from "./parse-json.ts";

const received = { receivedUnixNano: 5_000n, newId: () => "0190a0b0-0000-7000-8000-000000000001" };
const good = { event_type: "deployment", source: "ci", title: "web 1.2 is out" };

function parsed(value: unknown): SystemEvent {
  const result = parseJsonEvent(value, received);
  assert.ok("event" in result, "reason" in result ? result.reason : "");
  return result.event;
}

function refused(value: unknown): string {
  const result = parseJsonEvent(value, received);
  assert.ok("reason" in result, "want a refusal");
  return result.reason;
}

test("an event with every field, in snake_case", () => {
  const event = parsed({
    event_id: "0190a0b0-0000-7000-8000-00000000000f",
    timestamp: "2026-11-21T01:50:39.123456789Z",
    event_type: "HEALTH_CHECK",
    severity: "WARN",
    source: "fleet_inventory",
    target: "web-server-01",
    category: "health",
    title: "web-server-01 is slow",
    description: "p95 over 2 s",
    details: { cpu: "45%", memory: "60%", nested: { a: [1, null] } },
    health_score: 72.5,
    resource_usage: { cpu_percent: 45, memory_percent: 60 },
    metadata: { correlation_id: "op-1", user_id: "ada", source_ip: "10.0.0.7", labels: { team: "web" } },
  });
  assert.equal(event.timeUnixNano, 1_795_225_839_123_456_789n);
  assert.equal(event.severity, Severity.WARNING);
  assert.equal(event.details, '{"cpu":"45%","memory":"60%","nested":{"a":[1,null]}}');
  assert.equal(event.healthScore, 72.5);
  assert.equal(event.resourceUsage?.memoryPercent, 60);
  assert.equal(event.resourceUsage?.diskPercent, undefined);
  assert.deepEqual(event.metadata, {
    correlationId: "op-1",
    traceId: "",
    spanId: "",
    userId: "ada",
    sourceIp: "10.0.0.7",
    labels: { team: "web" },
  });
});

test("what the REST interface shows can be sent back", () => {
  const event = parsed({
    ...good,
    time: "2026-11-21T01:50:39.000000001Z",
    details: { n: 1 },
    healthScore: 3,
    resourceUsage: { cpuPercent: 1 },
    metadata: { traceId: "ab" },
  });
  assert.deepEqual(parsed(JSON.parse(JSON.stringify(eventToJson(event)))), event);
});

test("times", () => {
  const f = (time: unknown, want: bigint) => assert.equal(parsed({ ...good, time }).timeUnixNano, want);
  f("2026-11-21T02:50:39+01:00", 1_795_225_839_000_000_000n);
  f(1_795_225_839, 1_795_225_839_000_000_000n);
  f(1_795_225_839.5, 1_795_225_839_500_000_000n);
  f(1_795_225_839_123, 1_795_225_839_123_000_000n);
  f(1_795_225_839_123_456, 1_795_225_839_123_456_000n);
  f("1795225839", 1_795_225_839_000_000_000n);
  f("1795225839123456789", 1_795_225_839_123_456_789n);
  f(null, 5_000n);
});

test("severities go by their usual names", () => {
  const f = (severity: unknown, want: Severity) => assert.equal(parsed({ ...good, severity }).severity, want);
  f("Critical", Severity.CRITICAL);
  f("FATAL", Severity.CRITICAL);
  f("warn", Severity.WARNING);
  f("SEVERITY_ERROR", Severity.ERROR);
  f(1, Severity.DEBUG);
  f(undefined, Severity.INFO);
});

test("refusals name the field as the sender spelled it", () => {
  const f = (change: Record<string, unknown>, want: string) => assert.equal(refused({ ...good, ...change }), want);
  f(
    { time: "2026-11-21T01:50:39" },
    'time: got "2026-11-21T01:50:39", want an RFC 3339 time with its zone or a Unix time',
  );
  f({ timestamp: -1 }, "timestamp: got -1, want an RFC 3339 time with its zone or a Unix time");
  f({ severity: "bad" }, 'severity: got "bad", want one of debug, info, warning, error, critical');
  f({ severity: 6 }, "severity: got 6, want one of debug, info, warning, error, critical");
  f({ title: 7 }, "title: got 7, want a text");
  f({ details: [1] }, "details: got an array, want an object");
  f({ health_score: "good" }, 'health_score: got "good", want a number');
  f({ metadata: { labels: { a: 1 } } }, "metadata.labels.a: got 1, want a text");
  f(
    { metadata: { user: "ada" } },
    'metadata.user: got "ada", want only correlation_id, trace_id, span_id, user_id, source_ip, labels',
  );
  f({ eventType: "twice" }, 'eventType: got "twice", want nothing beside event_type');
  f({ target: "x".repeat(1025) }, "target: got 1025 bytes, want at most 1024");
  assert.match(refused({ ...good, severty: "error" }), /^severty: got "error", want only event_id, time, event_type, /);
  assert.match(refused([good]), /^event: got no JSON object/);
  assert.match(refused({ source: "a", title: "b" }), /^event_type: got nothing/);
});

test("nesting that no stack holds is refused", () => {
  let details: unknown = {};
  for (let depth = 0; depth < 100_000; depth++) details = { a: details };
  assert.match(refused({ ...good, details }), /^details: /);
});
