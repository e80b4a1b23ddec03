import assert from "node:assert/strict";
import { test } from "node:test";
import { Severity, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { EVENT_LIMITS, validateEvent } from "./validate.ts";

const received = { receivedUnixNano: 5_000n, newId: () => "0190a0b0-0000-7000-8000-000000000001" };
const good = SystemEvent.fromPartial({ eventType: "deployment", source: "ci", title: "web 1.2 is out" });

function valid(partial: Partial<SystemEvent>): SystemEvent {
  const result = validateEvent({ ...good, ...partial }, received);
  assert.ok("event" in result, "reason" in result ? result.reason : "");
  return result.event;
}

function refused(partial: Partial<SystemEvent>): string {
  const result = validateEvent({ ...good, ...partial }, received);
  assert.ok("reason" in result, "want a refusal");
  return result.reason;
}

test("what may be left out is filled in", () => {
  const event = valid({ observedTimeUnixNano: 77n });
  assert.equal(event.eventId, "0190a0b0-0000-7000-8000-000000000001");
  assert.equal(event.timeUnixNano, 5_000n);
  assert.equal(event.observedTimeUnixNano, 5_000n);
  assert.equal(event.severity, Severity.INFO);
  assert.equal(event.details, "{}");
});

test("what the sender says stays", () => {
  const said = {
    eventId: "0190A0B0-0000-7000-8000-00000000000F",
    timeUnixNano: 9n,
    severity: Severity.CRITICAL,
    details: '{"a": 1}',
    healthScore: 0,
    resourceUsage: {
      cpuPercent: 100,
      memoryPercent: undefined,
      diskPercent: undefined,
      networkRxBytesPerSecond: 1e12,
      networkTxBytesPerSecond: undefined,
    },
  };
  assert.deepEqual(valid(said), {
    ...good,
    ...said,
    eventId: "0190a0b0-0000-7000-8000-00000000000f",
    observedTimeUnixNano: 5_000n,
  });
});

test("the limits hold to the byte", () => {
  valid({ title: "é".repeat(EVENT_LIMITS.title / 2) });
  assert.equal(
    refused({ title: "é".repeat(EVENT_LIMITS.title / 2) + "x" }),
    "title: got 1025 bytes, want at most 1024",
  );
  valid({ details: `{"a":"${"x".repeat(EVENT_LIMITS.details - 8)}"}` });
  assert.match(refused({ details: `{"a":"${"x".repeat(EVENT_LIMITS.details - 7)}"}` }), /^details: got 262145 bytes/);
});

test("refusals name the field, what it held and what is wanted", () => {
  const f = (partial: Partial<SystemEvent>, want: string) => assert.equal(refused(partial), want);
  f({ eventType: "" }, "event_type: got nothing, want a text");
  f({ source: " " }, "source: got nothing, want a text");
  f({ title: "" }, "title: got nothing, want a text");
  f({ eventId: "42" }, 'event_id: got "42", want a UUID or nothing');
  f(
    { timeUnixNano: 2n ** 64n - 1n },
    "time_unix_nano: got 18446744073709551615, want nanoseconds since 1970 and before April 2262",
  );
  f({ severity: Severity.UNRECOGNIZED }, "severity: got -1, want 1 (debug) to 5 (critical)");
  f({ details: "[1]" }, 'details: got "[1]", want the text of a JSON object nested at most 64 deep');
  f({ details: "null" }, 'details: got "null", want the text of a JSON object nested at most 64 deep');
  f({ details: "{a:1}" }, 'details: got "{a:1}", want the text of a JSON object nested at most 64 deep');
  f({ healthScore: 101 }, "health_score: got 101, want 0 to 100");
  f({ healthScore: Number.NaN }, "health_score: got NaN, want 0 to 100");
});

test("deeply nested details are refused, brackets in texts do not count", () => {
  refused({ details: `${'{"a":'.repeat(65)}1${"}".repeat(65)}` });
  refused({ details: `{"a":${"[".repeat(200_000)}` });
  valid({ details: `${'{"a":'.repeat(64)}1${"}".repeat(64)}` });
  valid({ details: JSON.stringify({ text: `"\\${"[".repeat(1000)}` }) });
});

test("metadata has limits of its own", () => {
  const metadata = { correlationId: "", traceId: "", spanId: "", userId: "", sourceIp: "", labels: {} };
  const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "v"]));
  valid({ metadata: { ...metadata, labels: labels(64) } });
  const f = (change: Partial<typeof metadata>, want: string) =>
    assert.equal(refused({ metadata: { ...metadata, ...change } }), want);
  f({ labels: labels(65) }, "metadata.labels: got 65, want at most 64");
  f({ labels: { "": "v" } }, "metadata.labels: got an empty key, want a name");
  f({ labels: { k: "v".repeat(1025) } }, 'metadata.labels["k"]: got 1025 bytes, want at most 1024');
  f({ userId: "u".repeat(257) }, "metadata.user_id: got 257 bytes, want at most 256");
});

test("a usage that is no percentage is refused", () => {
  const usage = {
    cpuPercent: undefined,
    memoryPercent: undefined,
    diskPercent: undefined,
    networkRxBytesPerSecond: undefined,
    networkTxBytesPerSecond: undefined,
  };
  assert.equal(
    refused({ resourceUsage: { ...usage, diskPercent: 100.5 } }),
    "resource_usage.disk_percent: got 100.5, want 0 to 100",
  );
  assert.equal(
    refused({ resourceUsage: { ...usage, networkTxBytesPerSecond: -1 } }),
    "resource_usage.network_tx_bytes_per_second: got -1, want 0 or more",
  );
});
