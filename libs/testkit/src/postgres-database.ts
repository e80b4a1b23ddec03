import { createHash, randomBytes } from "node:crypto";
import { migrate } from "@sightline/postgres/migrate";
import { MIGRATIONS } from "@sightline/postgres/migrations";
import { createPool, type Pool, type Session } from "@sightline/postgres/pool";
import { z } from "zod";
import { quietLog } from "./quiet-log.ts";

/** Guards the making of the template; any number that nobody else in the server takes. */
const templateLock = 7_302_900;

export interface DatabaseOptions {
  /** With the tables of all services. Default false: empty. */
  readonly migrated?: boolean;
}

/** A database of a test's own. */
export interface TestDatabase extends AsyncDisposable {
  /** With credentials. */
  readonly url: string;
  /** Drops it. Idempotent. */
  stop(): Promise<void>;
}

/** A database in the server at `serverUrl`; `stop` drops it, with whoever is still connected to it. */
export async function createDatabase(serverUrl: string, options: DatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer(serverUrl, async (pool) => {
    const template = options.migrated ? await migratedTemplate(serverUrl) : "template1";
    await pool.execute(`CREATE DATABASE ${name} TEMPLATE ${template}`, []);
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= onServer(serverUrl, async (pool) => {
      await pool.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, []);
    });
    return stopped;
  };
  return { url: urlOf(serverUrl, name), stop, [Symbol.asyncDispose]: stop };
}

/** The name of a database with today's schema to copy from: copying is faster than migrating. Made once per server. */
async function migratedTemplate(serverUrl: string): Promise<string> {
  const version = createHash("sha256").update(JSON.stringify(MIGRATIONS)).digest("hex").slice(0, 16);
  const template = `template_${version}`;
  // A lock is one of its database: in that which every server has, all tests wait for the same.
  await onServer(urlOf(serverUrl, "postgres"), async (pool) => {
    const session = await pool.session();
    try {
      await session.execute("SELECT pg_advisory_lock($1)", [templateLock]);
      if (!(await exists(session, template))) {
        // Under another name until it is complete.
        const unfinished = `unfinished_${randomBytes(8).toString("hex")}`;
        await session.execute(`CREATE DATABASE ${unfinished}`, []);
        await onServer(urlOf(serverUrl, unfinished), (own) => migrate(own, quietLog));
        await session.execute(`ALTER DATABASE ${unfinished} RENAME TO ${template}`, []);
      }
    } finally {
      // Ending the session gives the lock back.
      await session.end();
    }
  });
  return template;
}

async function exists(session: Session, name: string): Promise<boolean> {
  const row = z.object({ found: z.boolean() });
  const sql = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1) AS found";
  const rows = await session.query(sql, [name], row);
  return rows[0]?.found ?? false;
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer(url: string, run: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = createPool({ url, maxConnections: 2 }, { log: quietLog });
  try {
    await run(pool);
  } finally {
    await pool.close();
  }
}
