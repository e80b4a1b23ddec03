import assert from "node:assert/strict";
import { test } from "node:test";
import { readBlock } from "@sightline/columns/testing/native-reader";
import { createRandom } from "@sightline/testkit/random";
import { createLogTranscoder } from "./logs.ts";
import { createMetricTranscoder } from "./metrics.ts";
import type { OtlpSignal } from "./shapes.ts";
import { TABLES } from "./tables.ts";
import { arbitraryRequest } from "./testing/arbitrary.ts";
import { createTraceTranscoder } from "./traces.ts";
import type { Transcoder } from "./transcoder.ts";

type Tables = Record<string, [column: string, type: string][]>;

function filledBy(transcoder: Transcoder, signal: OtlpSignal): Tables {
  for (let seed = 1; seed <= 20; seed++) {
    transcoder.append(arbitraryRequest(signal, createRandom(seed)), { tenant: "t", receivedUnixNano: 0n });
  }
  return Object.fromEntries(
    transcoder.blocks().map(({ table, columns, pieces }) => {
      const read = readBlock(pieces).columns.map(({ name, type }): [string, string] => [name, type]);
      assert.deepEqual(Object.keys(Object.fromEntries(read)), columns);
      return [table, read];
    }),
  );
}

test("the transcoders fill every table with the columns that the list of tables says", () => {
  const filled = {
    ...filledBy(createLogTranscoder(), "logs"),
    ...filledBy(createTraceTranscoder(), "traces"),
    ...filledBy(createMetricTranscoder(), "metrics"),
  };
  const listed = Object.fromEntries(Object.entries(TABLES).map(([table, columns]) => [table, Object.entries(columns)]));
  assert.deepEqual(filled, listed);
});
