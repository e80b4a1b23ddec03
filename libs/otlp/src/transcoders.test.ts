import assert from "node:assert/strict";
import { test } from "node:test";
import { readRows, type Value } from "@sightline/columns/testing/native-reader";
import { createRandom } from "@sightline/testkit/random";
import { createLogTranscoder } from "./logs.ts";
import { createMetricTranscoder } from "./metrics.ts";
import type { OtlpSignal } from "./shapes.ts";
import { arbitraryRequest, brokenRequests } from "./testing/arbitrary.ts";
import { expectedLogs } from "./testing/expected-logs.ts";
import { expectedSpans } from "./testing/expected-spans.ts";
import { generateLogs, generateTraces } from "./testing/generate.ts";
import { createTraceTranscoder } from "./traces.ts";
import type { MessageContext, Transcoder } from "./transcoder.ts";

interface Signal {
  readonly signal: OtlpSignal;
  readonly create: () => Transcoder;
  readonly expected: (payload: Uint8Array, context: MessageContext) => Record<string, Value>[];
  readonly generate: typeof generateTraces;
}

const signals: Signal[] = [
  { signal: "traces", create: createTraceTranscoder, expected: expectedSpans, generate: generateTraces },
  { signal: "logs", create: createLogTranscoder, expected: expectedLogs, generate: generateLogs },
];

const creators: [OtlpSignal, () => Transcoder][] = [
  ["traces", createTraceTranscoder],
  ["logs", createLogTranscoder],
  ["metrics", createMetricTranscoder],
];

const context: MessageContext = { tenant: "acme", receivedUnixNano: 1_700_000_000_000_000_001n };

function rowsOf(transcoder: Transcoder): Record<string, Value>[] {
  return transcoder.blocks().flatMap(({ pieces }) => readRows(pieces));
}

for (const { signal, create, expected, generate } of signals) {
  test(`${signal}: what SDKs send becomes the rows that decoding it would give`, () => {
    const transcoder = create();
    const requests = generate({ seed: 7, requests: 5, records: 50, nowUnixNano: 1_700_000_000_000_000_000n });
    for (const request of requests) assert.deepEqual(transcoder.append(request, context), { ok: true, records: 50 });
    assert.deepEqual(
      rowsOf(transcoder),
      requests.flatMap((request) => expected(request, context)),
    );
  });

  test(`${signal}: so does any valid request, however odd`, () => {
    const transcoder = create();
    for (let seed = 1; seed <= 150; seed++) {
      const request = arbitraryRequest(signal, createRandom(seed));
      const want = expected(request, context);
      transcoder.reset();
      assert.deepEqual(transcoder.append(request, context), { ok: true, records: want.length }, `seed ${seed}`);
      assert.deepEqual(rowsOf(transcoder), want, `seed ${seed}`);
    }
  });
}

function bytesOf(transcoder: Transcoder): string {
  return transcoder
    .blocks()
    .map(({ table, pieces }) => `${table} ${Buffer.concat(pieces).toString("hex")}`)
    .join();
}

for (const [signal, create] of creators) {
  const requests = Array.from({ length: 30 }, (_, seed) => arbitraryRequest(signal, createRandom(seed)));

  test(`${signal}: the same messages give the same bytes, after a reset too`, () => {
    const [used, other] = [create(), create()];
    for (const request of requests) used.append(request, { ...context, tenant: "other" });
    used.reset();
    assert.deepEqual([used.records(), used.bytes(), used.blocks()], [0, 0, []]);
    for (const request of requests) {
      used.append(request, context);
      other.append(request, context);
    }
    assert.equal(bytesOf(used), bytesOf(other));
  });

  test(`${signal}: requests one after the other are their merge`, () => {
    const [apart, together] = [create(), create()];
    for (const request of requests) apart.append(request, context);
    together.append(Buffer.concat(requests), context);
    assert.equal(together.records(), apart.records());
    assert.equal(bytesOf(together), bytesOf(apart));
  });

  test(`${signal}: whatever is cut off or flipped, a payload is taken whole or not at all`, () => {
    const transcoder = create();
    transcoder.append(requests[1] ?? Buffer.alloc(0), context);
    const before = { records: transcoder.records(), rows: rowsOf(transcoder) };
    for (const payload of brokenRequests(signal)) {
      const appended = transcoder.append(payload, context);
      if (!appended.ok) {
        assert.equal(appended.error.code, "invalid_argument", appended.error.stack);
        assert.match(appended.error.message, /^cannot read the protobuf message at byte \d+: got .+, want .+/);
        assert.equal(transcoder.records(), before.records);
        continue;
      }
      transcoder.reset();
      transcoder.append(requests[1] ?? Buffer.alloc(0), context);
    }
    assert.deepEqual(rowsOf(transcoder), before.rows);
  });
}
