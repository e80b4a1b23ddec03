import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { listDeadLetters } from "@sightline/bus/dead-letters";
import { readMessage } from "@sightline/bus/message";
import { streamState } from "@sightline/bus/streams";
import { invalid } from "@sightline/errors/app-error";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { type Pipeline, startPipeline } from "../testing/pipeline.ts";
import { droppedLettersEvents } from "./dead-letter-event.ts";
import { createPutAside } from "./put-aside.ts";

const droppedForm = z.object({ dropped: z.number() });

let pipeline: Pipeline;
before(async () => {
  // A tenth of it for dead letters.
  pipeline = await startPipeline({ diskBudgetBytes: 1_000_000 });
});
after(() => pipeline[Symbol.asyncDispose]());

test("where there is no room for a dead letter the oldest go, are counted, and who lost some is told", async () => {
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
    const tenant = seq % 3 === 0 ? "acme" : "shop";
    const message = { subject: "telemetry.logs.0", payload, tenant, records: 1, seq, receivedUnixNano: 1n };
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
  const lost = new Map<string, number>();
  for (let seq = 1; seq <= lastSeq; seq++) {
    const stored = await bus.manager.streams.getMessage("SIGNALS", { seq });
    assert.ok(stored);
    const { tenant } = readMessage({ ...stored, headers: stored.header, storedUnixNano: 1n });
    for (const { eventType, details } of EventBatch.decode(stored.data).events) {
      told.push(eventType);
      if (eventType !== "dead_letters_dropped") continue;
      lost.set(tenant, (lost.get(tenant) ?? 0) + droppedForm.parse(JSON.parse(details)).dropped);
    }
  }
  assert.equal(told.filter((type) => type === "dead_letter").length, letters);
  const ofAcme = Math.floor(dropped / 3);
  assert.deepEqual(Object.fromEntries(lost), { default: dropped, shop: dropped - ofAcme, acme: ofAcme });
});

test("of very many tenants who lost dead letters those who lost most are told, and one hears of all", () => {
  const byTenant = new Map(Array.from({ length: 150 }, (_, at) => [`tenant-${at}`, at + 1]));
  const events = droppedLettersEvents({ total: 11_330, byTenant: byTenant.set("", 3).set("default", 2) }, Date.now);
  const told = events.map(({ tenant, event }) => [tenant, droppedForm.parse(JSON.parse(event.details)).dropped]);
  assert.deepEqual(told[0], ["default", 11_330]);
  const most = Array.from({ length: 100 }, (_, at) => [`tenant-${149 - at}`, 150 - at]);
  assert.deepEqual(told.slice(1), most);
});
