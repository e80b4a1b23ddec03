// A process that brings the database of its first argument up to date, and is at the last migration until it is killed.
import { migrate } from "../migrate.ts";
import { MIGRATIONS } from "../migrations.ts";
import { createPool } from "../pool.ts";

const log = { info: () => undefined, warn: () => undefined };
const [url = ""] = process.argv.slice(2);
const pool = createPool({ url, maxConnections: 1 }, { log });
await migrate(pool, log, [
  ...MIGRATIONS,
  { name: "9999_slow", sql: "CREATE TABLE half (n int); SELECT pg_sleep(600)" },
]);
