import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startTestDatabase } from "../testing/database.ts";
import { countIds, onceEach, startPipeline, startTestWriter, writerDefaults } from "../testing/pipeline.ts";

const MESSAGES = 40;
const counts = z.object({ parts: z.coerce.number(), indexed: z.coerce.number() });
const found = z.object({ body: z.string() });

test("a backlog is stored without the index of bodies but for its end, and its words are found all the same", async () => {
  await using database = await startTestDatabase();
  await using pipeline = await startPipeline();
  const { clickhouse } = database;
  await clickhouse.command("SYSTEM STOP MERGES otel_logs");
  const ids = Array.from({ length: MESSAGES }, (_, at) => `word${at}`);
  for (const id of ids) await pipeline.publish("logs", [id]);
  const limits = { ...writerDefaults.limits, maxRows: 4 };
  const writer = await startTestWriter(pipeline.bus, clickhouse, { lanes: ["logs"], limits });
  try {
    await eventually(async () => assert.deepEqual(await countIds(clickhouse, "logs"), onceEach(ids)), {
      timeoutMs: 20_000,
      intervalMs: 100,
    });
  } finally {
    await writer.stop();
  }

  const [row] = await clickhouse.query(
    `SELECT
        (SELECT count() FROM system.parts WHERE active AND database = currentDatabase() AND table = 'otel_logs') AS parts,
        (SELECT uniqExact(part_name) FROM mergeTreeTextIndex(currentDatabase(), 'otel_logs', 'idx_body')) AS indexed`,
    {},
    { schema: counts },
  );
  const { parts = 0, indexed = 0 } = row ?? {};
  assert.ok(indexed >= 1 && indexed < parts, `${indexed} of ${parts} parts have the index`);

  const sql = "SELECT Body AS body FROM otel_logs WHERE hasAllTokens(lowerUTF8(Body), {word:String})";
  for (const word of ["word0", "word20", `word${MESSAGES - 1}`]) {
    assert.deepEqual(await clickhouse.query(sql, { word }, { schema: found }), [{ body: word }]);
  }
});
