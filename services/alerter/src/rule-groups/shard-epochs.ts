import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const takeRuleShardsSql = readFileSync(new URL("./sql/take-rule-shards.sql", import.meta.url), "utf8");
const holdRuleShardsSql = readFileSync(new URL("./sql/hold-rule-shards.sql", import.meta.url), "utf8");

const epochRow = z.object({ shard: z.number(), epoch: z.string() });
const shardRow = z.object({ shard: z.number() });

/** Shards with the times in which only their holder writes about them. */
export type ShardEpochs = ReadonlyMap<number, string>;

/** Begins to hold shards. Waits for what their holders before are just writing; they find out with the next that they try to. */
export async function takeShardEpochs(sql: Sql, shards: readonly number[]): Promise<ShardEpochs> {
  const rows = await sql.query(takeRuleShardsSql, [[...shards]], epochRow);
  return new Map(rows.map(({ shard, epoch }) => [shard, epoch]));
}

/** Which of the shards are still held. Nobody else begins to hold one of them until the transaction is over. */
export async function holdShardEpochs(tx: Sql, epochs: ShardEpochs): Promise<ReadonlySet<number>> {
  const rows = await tx.query(holdRuleShardsSql, [[...epochs.keys()], [...epochs.values()]], shardRow);
  return new Set(rows.map(({ shard }) => shard));
}
