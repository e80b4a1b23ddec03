import assert from "node:assert/strict";
import { test } from "node:test";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { readEventBatch, writeEventBatch } from "./batch.ts";
import { createEventBuilder } from "./builder.ts";
import { validateEvent } from "./validate.ts";

const receivedUnixNano = 1_700_000_000_000_000_000n;
const newId = () => "01890a5d-ac96-774b-bcce-b302099a8057";
const { build } = createEventBuilder({ clock: () => 1_600_000_000_000 });

const full = build({
  eventType: "deployment",
  source: "ci",
  title: "läuft",
  severity: "critical",
  target: "web",
  description: "x".repeat(500),
  details: { version: 3 },
  healthScore: 0,
  resourceUsage: {
    cpuPercent: 12.5,
    memoryPercent: undefined,
    diskPercent: undefined,
    networkRxBytesPerSecond: undefined,
    networkTxBytesPerSecond: undefined,
  },
  metadata: { correlationId: "c", labels: { team: "a", region: "b" } },
});

test("what validation made of events that came as protobuf is what is read back", () => {
  const cases = [
    { name: "all given", event: build({ eventType: "a", source: "b", title: "c" }) },
    { name: "much given", event: full },
    { name: "least given", event: SystemEvent.create({ eventType: "a", source: "b", title: "c" }) },
    {
      name: "an id in capitals",
      event: build({ eventType: "a", source: "b", title: "c", eventId: newId().toUpperCase() }),
    },
    {
      name: "an observation time of its own",
      event: { ...build({ eventType: "a", source: "b", title: "c" }), observedTimeUnixNano: 5n },
    },
  ];
  const batch = EventBatch.encode({ events: cases.map(({ event }) => event) }).finish();
  const kept = readEventBatch(batch).map((sent) => {
    const outcome = validateEvent(sent.event, { receivedUnixNano, newId });
    assert.ok("event" in outcome);
    return { event: outcome.event, sent };
  });
  const read = EventBatch.decode(writeEventBatch(kept)).events;
  for (const [at, { name }] of cases.entries()) assert.deepEqual(read[at], kept[at]?.event, name);
});

test("events that came as something else are written whole, beside the others", () => {
  const [sent] = readEventBatch(EventBatch.encode({ events: [full] }).finish());
  const { events } = EventBatch.decode(
    writeEventBatch([{ event: full }, ...(sent === undefined ? [] : [{ event: full, sent }])]),
  );
  assert.deepEqual(events, [full, full]);
});

test("what is no batch is refused", () => {
  for (const bytes of [Buffer.from("no protobuf"), Buffer.from([10, 200, 1, 0]), Buffer.from([10, 3, 10, 9, 1])]) {
    assert.throws(() => readEventBatch(bytes), { code: "invalid_argument" });
  }
});
