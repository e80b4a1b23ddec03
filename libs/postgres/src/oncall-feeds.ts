import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";

const findSql = readFileSync(new URL("./sql/find-oncall-feed.sql", import.meta.url), "utf8");
const insertSql = readFileSync(new URL("./sql/insert-oncall-feed.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-oncall-feeds.sql", import.meta.url), "utf8");
const revokeSql = readFileSync(new URL("./sql/revoke-oncall-feed.sql", import.meta.url), "utf8");

/** What a calendar's address shows: a schedule, or everything of a user. */
const feedOf = { kind: z.enum(["schedule", "user"]), name: z.string() };

const foundRow = z.object({ tenant: z.string(), ...feedOf });
export type FoundFeed = Readonly<z.infer<typeof foundRow>>;

const listedRow = z.object({
  feedId: z.string(),
  ...feedOf,
  prefix: z.string(),
  createdAt: z.date(),
  createdBy: z.string(),
  revokedAt: z.date().nullable(),
});
/** A feed as people see it. */
export type ListedFeed = Readonly<z.infer<typeof listedRow>>;

export interface NewFeed {
  readonly tenant: string;
  /** UUIDv7. */
  readonly feedId: string;
  readonly kind: "schedule" | "user";
  /** Of the schedule, or the user. */
  readonly name: string;
  readonly prefix: string;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  readonly createdBy: string;
}

/** The feed of a token's hash; undefined when there is none or it is revoked. */
export async function findFeed(sql: Sql, tokenHash: string): Promise<FoundFeed | undefined> {
  const [row] = await sql.query(findSql, [tokenHash], foundRow);
  return row;
}

/** False when the tenant has as many already as it may have. */
export async function insertFeed(sql: Sql, feed: NewFeed, maxFeeds: number): Promise<boolean> {
  const { tenant, feedId, kind, name, prefix, tokenHash, createdBy } = feed;
  return (await sql.execute(insertSql, [tenant, feedId, kind, name, prefix, tokenHash, createdBy, maxFeeds])) > 0;
}

/** The newest 1000 feeds of a tenant, revoked ones too. */
export function listFeeds(sql: Sql, tenant: string): Promise<ListedFeed[]> {
  return sql.query(listSql, [tenant], listedRow);
}

/** False when there was none. */
export async function revokeFeed(sql: Sql, tenant: string, feedId: string): Promise<boolean> {
  return (await sql.execute(revokeSql, [tenant, feedId])) > 0;
}
