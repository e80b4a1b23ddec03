import { createPool, type Pool } from "@sightline/postgres/pool";
import { listSeals, type Seals } from "@sightline/postgres/seal-keys";
import type { Context } from "../context.ts";

/** Does something with Postgres, and closes it. */
export async function withPostgres<T>({ settings, out }: Context, work: (sql: Pool) => Promise<T>): Promise<T> {
  const log = { info: () => undefined, warn: (_fields: object, message: string) => out.note(message) };
  const sql = createPool({ ...settings().postgres, maxConnections: 1 }, { log });
  try {
    return await work(sql);
  } finally {
    await sql.close();
  }
}

/** What lies under one key, as it is listed. */
export interface ListedSeals {
  /** null: it lies open. */
  readonly key: string | null;
  readonly kind: Seals["kind"];
  readonly count: number;
  readonly tenants: readonly string[];
  /** When somebody said that the key is lost, ISO 8601. */
  readonly givenUp: string | null;
}

/** What is sealed by which key. */
export async function readSeals(sql: Pool): Promise<readonly ListedSeals[]> {
  return (await listSeals(sql)).map(({ key, givenUpAt, ...rest }) => ({
    ...rest,
    key: key === "" ? null : key,
    givenUp: givenUpAt?.toISOString() ?? null,
  }));
}
