import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { Channel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { z } from "zod";

const listChannelsSql = readFileSync(new URL("./sql/list-channels.sql", import.meta.url), "utf8");
const findChannelSql = readFileSync(new URL("./sql/find-channel.sql", import.meta.url), "utf8");
const putChannelSql = readFileSync(new URL("./sql/put-channel.sql", import.meta.url), "utf8");
const rulesOfChannelSql = readFileSync(new URL("./sql/rules-of-channel.sql", import.meta.url), "utf8");
const deleteChannelSql = readFileSync(new URL("./sql/delete-channel.sql", import.meta.url), "utf8");

const channelRow = z.object({ definition: z.instanceof(Buffer) }).transform((row) => Channel.decode(row.definition));
const nameRow = z.object({ name: z.string() });

/** The tenant's channels by name, with their secrets. */
export function listChannels(sql: Sql, tenant: string): Promise<Channel[]> {
  return sql.query(listChannelsSql, [tenant], channelRow);
}

/** One channel, with its secret. */
export async function findChannel(sql: Sql, tenant: string, name: string): Promise<Channel | undefined> {
  const [channel] = await sql.query(findChannelSql, [tenant, name], channelRow);
  return channel;
}

/** Keeps the channel in place of the one of its name, if there is one. */
export async function putChannel(sql: Sql, tenant: string, channel: Channel, nowMs: number): Promise<void> {
  const definition = Buffer.from(Channel.encode(channel).finish());
  await sql.execute(putChannelSql, [tenant, channel.name, definition, new Date(nowMs)]);
}

/** Throws failed_precondition while a rule names it, not_found when there is none. */
export async function deleteChannel(sql: Sql, tenant: string, name: string): Promise<void> {
  await sql.transaction(async (tx) => {
    const rules = await tx.query(rulesOfChannelSql, [tenant, name], nameRow);
    if (rules.length > 0) {
      const names = rules.map((rule) => rule.name).join(", ");
      throw new AppError("failed_precondition", `cannot delete channel ${name}: these rules notify it: ${names}`);
    }
    const deleted = await tx.execute(deleteChannelSql, [tenant, name]);
    if (deleted === 0) throw channelNotFound(name);
  });
}

export function channelNotFound(name: string): AppError {
  return new AppError("not_found", `cannot find channel ${name}: there is none of that name`);
}
