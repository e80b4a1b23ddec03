import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createEventBuilder } from "@sightline/events/builder";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { countIds, onceEach, startPipeline, startTestWriter } from "../testing/pipeline.ts";
import { diskEvent } from "./disk-events.ts";
import { createEviction, type Eviction, readDisks } from "./disks.ts";
import { pauseForDisk } from "./pause-for-disk.ts";
import { createDiskWatch } from "./watch-disk.ts";

const DAY_MS = 86_400_000;
const marks = { warnPercent: 90, pausePercent: 95 };
const noPause = { active: () => undefined, atOnce: () => false, onChange: () => () => undefined };
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
});
after(() => database[Symbol.asyncDispose]());

/** A disk that is as full as a test says. */
function testDisk() {
  const told: string[] = [];
  let used = 0;
  const watch = createDiskWatch({
    readDisks: async () => [{ name: "default", freeBytes: 100 - used, totalBytes: 100 }],
    marks,
    log: quietLog,
    changed: (disk, level) => {
      const { severity, title } = diskEvent(createEventBuilder({ clock: Date.now }), disk, level);
      told.push(`${severity} ${title}`);
    },
  });
  const fill = async (percent: number) => {
    used = percent;
    await watch.look();
  };
  return { watch, fill, told };
}

test("the server says how large its disks are", async () => {
  const disks = await readDisks(database.clickhouse);
  assert.ok(disks.length > 0);
  for (const { freeBytes, totalBytes } of disks)
    assert.ok(freeBytes > 0 && freeBytes <= totalBytes && totalBytes > 1e6);
});

test("each level is told once", async () => {
  const { watch, fill, told } = testDisk();
  for (const percent of [50, 91, 92, 96, 97, 91, 50]) await fill(percent);
  assert.equal(watch.usedPercent(), 50);
  assert.deepEqual(
    told.map((text) => text.replace(/^\d /, "")),
    [
      "the database's disk default is nearly full",
      "the database's disk default is full: records wait on the bus",
      "the database's disk default is nearly full",
      "the database's disk default has room again",
    ],
  );
});

test("on a full disk records wait on the bus, and none is lost", async () => {
  await using pipeline = await startPipeline();
  const { watch, fill } = testDisk();
  await fill(99);
  const writer = await startTestWriter(pipeline.bus, database.clickhouse, {
    lanes: ["logs"],
    pause: pauseForDisk(noPause, watch),
  });
  try {
    const ids = ["one", "two", "three"];
    for (const id of ids) await pipeline.publish("logs", [id]);
    await eventually(() => writer.lags().some(({ pendingMessages }) => pendingMessages === 3n));
    assert.deepEqual(await countIds(database.clickhouse, "logs"), {});
    await fill(80);
    await eventually(async () => {
      assert.deepEqual(await countIds(database.clickhouse, "logs"), onceEach(ids));
    });
  } finally {
    await writer.stop();
  }
});

test("only who asks for it loses the oldest days, one after the other, today's never", async () => {
  const now = Date.now();
  const at = (days: number) => String((now - days * DAY_MS) / 1000);
  await database.insert(
    "otel_logs",
    [0, 1, 2].map((days) => ({ Timestamp: at(days), Body: `${days}` })),
  );
  await database.insert("events", [
    { Timestamp: at(3), EventId: "01890a5d-ac96-774b-bcce-b302099a8057", Title: "the oldest of all" },
  ]);
  const { watch, fill } = testDisk();
  const evictions: Eviction[] = [];
  const evict = createEviction({
    clickhouse: database.clickhouse,
    disk: watch,
    clock: () => now,
    log: quietLog,
    evicted: (day) => void evictions.push(day),
  });
  await evict();
  assert.deepEqual(evictions, []);
  await fill(92);
  for (let run = 0; run < 5; run++) await evict();
  assert.deepEqual(
    evictions.map(({ table, rows }) => [table, rows]),
    [
      ["events", 1],
      ["otel_logs", 1],
      ["otel_logs", 1],
    ],
  );
});
