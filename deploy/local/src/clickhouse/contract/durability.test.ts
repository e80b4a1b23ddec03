import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import type { Server } from "../../servers/server.ts";
import { startClickHouse } from "../start.ts";
import { onlyEmbedded } from "./server-under-test.ts";

async function withClient<R>(
  server: Server,
  work: (client: ReturnType<typeof createClient>) => Promise<R>,
): Promise<R> {
  const client = createClient({ url: server.url, log: { level: ClickHouseLogLevel.OFF } });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

async function count(server: Server): Promise<number> {
  return withClient(server, async (client) => {
    const result = await client.query({ query: "SELECT count() FROM kept", format: "TabSeparated" });
    return Number((await result.text()).trim());
  });
}

/** Inserts until the server is gone; gives the number of rows it has acknowledged. */
async function insertUntilGone(server: Server, acknowledged: (rows: number) => void): Promise<number> {
  return withClient(server, async (client) => {
    for (let rows = 0; ; rows += 10) {
      const values = Array.from({ length: 10 }, (_, index) => ({ a: rows + index }));
      try {
        await client.insert({ table: "kept", values, format: "JSONEachRow" });
      } catch {
        return rows;
      }
      acknowledged(rows + 10);
    }
  });
}

describe("a data directory", { skip: onlyEmbedded }, () => {
  let dir = "";
  let temporaryDir = "";
  const start = () => startClickHouse({ dir: join(dir, "data"), temporaryDir, password: "of the test" });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "sightline-durability-"));
    temporaryDir = join(dir, "tmp");
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it("keeps its rows over a clean stop", async () => {
    const first = await start();
    await withClient(first, async (client) => {
      await client.command({ query: "CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a" });
      await client.insert({ table: "kept", values: [{ a: 1 }], format: "JSONEachRow" });
      await client.command({ query: "TRUNCATE TABLE kept" });
      await client.insert({ table: "kept", values: [{ a: 2 }, { a: 3 }], format: "JSONEachRow" });
    });
    await first.stop();
    assert.deepEqual(await readdir(temporaryDir), [], "nothing is left in the temporary directory");
    const second = await start();
    assert.equal(await count(second), 2);
    await withClient(second, (client) => client.command({ query: "TRUNCATE TABLE kept" }));
    await second.stop();
  });

  it("keeps every acknowledged row over kill -9, and opens again at once", async () => {
    for (let round = 0; round < 3; round++) {
      const server = await start();
      await withClient(server, (client) => client.command({ query: "TRUNCATE TABLE kept" }));
      const { promise: enough, resolve } = Promise.withResolvers<void>();
      const inserting = insertUntilGone(server, (rows) => rows >= 100 && resolve());
      await enough;
      await server.kill();
      const acknowledged = await inserting;
      const again = await start();
      const rows = await count(again);
      // The insert in flight may have been kept without its answer having got through.
      assert.ok(
        rows === acknowledged || rows === acknowledged + 10,
        `kept ${rows} of ${acknowledged} acknowledged rows`,
      );
      await again.stop();
    }
  });

  it("is open in one process; the next is told so in one line", async () => {
    const server = await start();
    await assert.rejects(start(), (error: Error) => {
      assert.match(error.message, new RegExp(`another ClickHouse \\(pid ${server.pid}\\) has it open`));
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
    assert.equal((await count(server)) >= 0, true, "the first goes on");
    await server.stop();
  });

  it("a taken port is told in one line", async () => {
    const server = await start();
    const second = startClickHouse({ dir: join(dir, "other"), temporaryDir, port: server.port });
    await assert.rejects(second, /EADDRINUSE|address already in use/);
    await server.stop();
  });
});
