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
  const address = server ?? (await startClickHouse());
  const clickhouse = createClickHouse(address, { log: quietLog });
  await migrate(clickhouse, migrations, quietLog);
  const limits = { maxExecutionMs: 20_000, maxRowsToRead: 1e9, maxResultRows: 100_000, maxMemoryBytes: 1e9 };
  return {
    address,
    clickhouse,
    reader: createReader(clickhouse, limits),
    insert: async (table, rows) => {
      const lines = rows.map((row) => JSON.stringify(row)).join("\n");
      await clickhouse.command(`INSERT INTO ${table} FORMAT JSONEachRow\n${lines}`);
    },
    [Symbol.asyncDispose]: async () => {
      await clickhouse.close();
      await address.stop();
    },
  };
}

/** What a handler is called with, for a tenant. */
export function contextOf(tenant: string) {
  return { tenant, signal: AbortSignal.timeout(20_000) };
}
