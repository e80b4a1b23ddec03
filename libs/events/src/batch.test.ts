import assert from "node:assert/strict";
import { test } from "node:test";
import { EventBatch, EventMetadata, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { countEvents, type KeptOrReason, keepEvent, keepWireEvent, writeEventBatch } from "./batch.ts";
import { createEventBuilder } from "./builder.ts";
import { validateEvent } from "./validate.ts";
import { openWireEvents, walkEvents } from "./wire-event.ts";

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

/** What becomes of the events of a batch. */
function keepAll(batch: Uint8Array): KeptOrReason[] {
  const outcomes: KeptOrReason[] = [];
  const event = openWireEvents(batch);
  walkEvents(event, () => outcomes.push(keepWireEvent(event, { receivedUnixNano, newId })));
  return outcomes;
}

const least = { eventType: "a", source: "b", title: "c" };
const given = (event: Partial<SystemEvent>): SystemEvent => ({ ...SystemEvent.create(), ...least, ...event });
const withMetadata = (metadata: Partial<EventMetadata>) =>
  given({ metadata: { ...EventMetadata.create(), ...metadata } });
const severitySix = Buffer.concat([SystemEvent.encode(given({})).finish(), Buffer.from([0x20, 6])]);
const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "v"]));

const cases: readonly { readonly name: string; readonly event: SystemEvent }[] = [
  { name: "all given", event: build(least) },
  { name: "much given", event: full },
  { name: "least given", event: given({}) },
  { name: "an id in capitals", event: build({ ...least, eventId: newId().toUpperCase() }) },
  { name: "an observation time of its own", event: { ...build(least), observedTimeUnixNano: 5n } },
  { name: "a title that begins with a blank", event: given({ title: " c" }) },
  { name: "texts that are no ASCII", event: given({ source: "übel", target: "\u{1f4a5}" }) },
  { name: "many labels", event: withMetadata({ labels: labels(64) }) },
  { name: "no type", event: given({ eventType: "" }) },
  { name: "a blank title", event: given({ title: " \t" }) },
  { name: "a source that is too long", event: given({ source: "x".repeat(257) }) },
  { name: "an id of its own", event: given({ eventId: "me" }) },
  { name: "a time beyond 2262", event: given({ timeUnixNano: 2n ** 63n }) },
  { name: "no severity of ours", event: SystemEvent.decode(severitySix) },
  { name: "details that are an array", event: given({ details: "[]" }) },
  { name: "a score beyond 100", event: given({ healthScore: 101 }) },
  { name: "usage that is no number", event: given({ resourceUsage: { cpuPercent: Number.NaN } }) },
  { name: "a rate below 0", event: given({ resourceUsage: { networkRxBytesPerSecond: -1 } }) },
  { name: "a trace id that is too long", event: withMetadata({ traceId: "x".repeat(257) }) },
  { name: "a label without a name", event: withMetadata({ labels: { "": "x" } }) },
  { name: "a label that is too long", event: withMetadata({ labels: { a: "x".repeat(1025) } }) },
  { name: "too many labels", event: withMetadata({ labels: labels(65) }) },
];

test("an event that came as protobuf is judged and filled in as validation does it", () => {
  const outcomes = keepAll(EventBatch.encode({ events: cases.map(({ event }) => event) }).finish());
  for (const [at, { name, event }] of cases.entries()) {
    const wanted = validateEvent(event, { receivedUnixNano, newId });
    const outcome = outcomes[at];
    assert.ok(outcome !== undefined, name);
    if ("reason" in outcome) {
      assert.deepEqual(outcome, wanted, name);
      continue;
    }
    const [read] = EventBatch.decode(writeEventBatch([outcome.kept])).events;
    assert.deepEqual({ event: read }, wanted, name);
    const { eventId, timeUnixNano } = outcome.kept;
    assert.deepEqual({ eventId, timeUnixNano }, { eventId: read?.eventId, timeUnixNano: read?.timeUnixNano }, name);
  }
});

test("events that came as something else are written whole, beside the others", () => {
  const [sent] = keepAll(EventBatch.encode({ events: [full] }).finish());
  assert.ok(sent !== undefined && "kept" in sent);
  const { events } = EventBatch.decode(writeEventBatch([keepEvent(full), sent.kept]));
  assert.deepEqual(events, [full, { ...full, observedTimeUnixNano: receivedUnixNano }]);
});

test("the events of a batch are counted", () => {
  assert.equal(countEvents(EventBatch.encode({ events: [full, full, full] }).finish()), 3);
  assert.equal(countEvents(new Uint8Array()), 0);
});

test("what is no batch is refused", () => {
  for (const bytes of [Buffer.from("no protobuf"), Buffer.from([10, 200, 1, 0]), Buffer.from([10, 3, 10, 9, 1])]) {
    assert.throws(() => keepAll(bytes), { code: "invalid_argument" });
  }
});
