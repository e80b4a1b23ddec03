import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listDeadLetters } from "@sightline/bus/dead-letters";
import { streamState } from "@sightline/bus/streams";
import { invalid } from "@sightline/errors/app-error";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { quietLog } from "@sightline/testkit/quiet-log";
import { type Pipeline, startPipeline } from "../testing/pipeline.ts";
import { createPutAside } from "./put-aside.ts";

let pipeline: Pipeline;
before(async () => {
  // A tenth of it for dead letters.
  pipeline = await startPipeline({ diskBudgetBytes: 1_000_000 });
});
after(() => pipeline[Symbol.asyncDispose]());

test("where there is no room for a dead letter the oldest go, are counted, and somebody is told", async () => {
  const { bus } = pipeline;
  let dropped = 0;
  const putAside = createPutAside({
    bus,
    clock: Date.now,
    log: quietLog,
    droppedLetters: (count) => {
      dropped += count;
    },
  });
  const letters = 30;
  for (let seq = 1; seq <= letters; seq++) {
    const payload = Buffer.alloc(5000);
    const message = { subject: "telemetry.logs.0", payload, tenant: "acme", records: 1, seq, receivedUnixNano: 1n };
    await putAside({ message, reason: "malformed", error: invalid("cannot read it") }, "then");
  }
  const { heads } = await listDeadLetters(bus, { startSeq: 0, maxLetters: 100 });
  assert.ok(dropped > 5, `${dropped} are counted`);
  assert.deepEqual(
    heads.map(({ subjectSeq }) => subjectSeq),
    Array.from({ length: letters - dropped }, (_, at) => dropped + at + 1),
    "what is not counted is there",
  );
  const { lastSeq } = await streamState(bus, "signals");
  const told: string[] = [];
  for (let seq = 1; seq <= lastSeq; seq++) {
    const stored = await bus.manager.streams.getMessage("SIGNALS", { seq });
    told.push(...EventBatch.decode(stored?.data ?? new Uint8Array()).events.map(({ eventType }) => eventType));
  }
  assert.equal(told.filter((type) => type === "dead_letter").length, letters);
  assert.ok(told.includes("dead_letters_dropped"), told.join());
});
