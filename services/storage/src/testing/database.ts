import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { migrate } from "@sightline/clickhouse/migrate";
import { quietLog } from "@sightline/testkit/quiet-log";
import { type ClickHouseAddress, startClickHouse, type TestServer } from "@sightline/testkit/servers";
import { migrations } from "../migrations.ts";
import { createReader, type Reader } from "../query/reader.ts";

/** A migrated database of a test's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly address: ClickHouseAddress;
  readonly clickhouse: ClickHouse;
  readonly reader: Reader;
  /** Inserts rows as JSON objects; columns left out have their defaults. */
  insert(table: string, rows: readonly object[]): Promise<void>;
}

/** @param server of the test's own; otherwise the one that tests share */
export async function startTestDatabase(server?: TestServer & ClickHouseAddress): Promise<TestDatabase> {
  // What nobody closes would keep the test's process alive after it failed here.
  await using opening = new AsyncDisposableStack();
  const address = opening.adopt(server ?? (await startClickHouse()), (started) => started.stop());
  const clickhouse = opening.adopt(createClickHouse(address, { log: quietLog }), (client) => client.close());
  await migrate(clickhouse, migrations, quietLog);
  const opened = opening.move();
  const limits = { maxExecutionMs: 20_000, maxRowsToRead: 1e9, maxResultRows: 100_000, maxMemoryBytes: 1e9 };
  return {
    address,
    clickhouse,
    reader: createReader(clickhouse, limits),
    insert: async (table, rows) => {
      const lines = rows.map((row) => JSON.stringify(row)).join("\n");
      await clickhouse.command(`INSERT INTO ${table} FORMAT JSONEachRow\n${lines}`);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What a handler is called with, for a tenant. */
export function contextOf(tenant: string) {
  return { tenant, signal: AbortSignal.timeout(20_000) };
}
