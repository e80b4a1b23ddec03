import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import { Channel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { z } from "zod";

const listChannelsSql = readFileSync(new URL("./sql/list-channels.sql", import.meta.url), "utf8");
const findChannelSql = readFileSync(new URL("./sql/find-channel.sql", import.meta.url), "utf8");
const findLostChannelSql = readFileSync(new URL("./sql/find-lost-channel.sql", import.meta.url), "utf8");
const countChannelsSql = readFileSync(new URL("./sql/count-channels.sql", import.meta.url), "utf8");
const putChannelSql = readFileSync(new URL("./sql/put-channel.sql", import.meta.url), "utf8");
const rulesOfChannelSql = readFileSync(new URL("./sql/rules-of-channel.sql", import.meta.url), "utf8");
const deleteChannelSql = readFileSync(new URL("./sql/delete-channel.sql", import.meta.url), "utf8");

const channelRow = z.object({ name: z.string(), definition: z.instanceof(Buffer) });
const nameRow = z.object({ name: z.string() });
const countRow = z.object({ count: z.number() });

/** Where channels are kept: sealed, where there is a key. */
export interface ChannelStore {
  readonly sql: Sql;
  readonly seal: Seal;
}

/** The tenant's channels by name, with their secrets; without those that are sealed with a key that is none of ours. */
export async function listChannels({ sql, seal }: ChannelStore, tenant: string): Promise<Channel[]> {
  const rows = await sql.query(listChannelsSql, [tenant], channelRow);
  return rows.flatMap((row) => openChannel(seal, tenant, row) ?? []);
}

/** One channel, with its secret. Throws failed_precondition where it is sealed with a key that is none of ours. */
export async function findChannel(
  { sql, seal }: ChannelStore,
  tenant: string,
  name: string,
): Promise<Channel | undefined> {
  const [row] = await sql.query(findChannelSql, [tenant, name], channelRow);
  return row && channelOf(row, seal.open(ownerOf(tenant, name), textOf(row)));
}

/** Whether there is a channel of that name. */
export async function hasChannel(sql: Sql, tenant: string, name: string): Promise<boolean> {
  return (await sql.query(findChannelSql, [tenant, name], nameRow)).length > 0;
}

/** Whether there is a channel of that name that is sealed with a key that was given up. */
export async function isLostChannel(sql: Sql, tenant: string, name: string): Promise<boolean> {
  return (await sql.query(findLostChannelSql, [tenant, name], nameRow)).length > 0;
}

/** How many channels a tenant has, also those that cannot be opened. */
export async function countChannels(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql.query(countChannelsSql, [tenant], countRow);
  return row?.count ?? 0;
}

/** Keeps the channel in place of the one of its name, if there is one. */
export async function putChannel(
  { sql, seal }: ChannelStore,
  tenant: string,
  channel: Channel,
  nowMs: number,
): Promise<void> {
  await sql.execute(putChannelSql, [tenant, channel.name, keptChannel(seal, tenant, channel), new Date(nowMs)]);
}

/** A channel as it is kept: its message, or the text that seals it, as no message begins. */
export function keptChannel(seal: Seal, tenant: string, channel: Channel): Buffer {
  const message = Buffer.from(Channel.encode(channel).finish());
  if (seal.prefix === undefined) return message;
  return Buffer.from(seal.seal(ownerOf(tenant, channel.name), message.toString("base64")));
}

/** A channel of what is kept; undefined where it cannot be opened. */
export function openChannel(seal: Seal, tenant: string, row: z.infer<typeof channelRow>): Channel | undefined {
  const opened = seal.tryOpen(ownerOf(tenant, row.name), textOf(row));
  return opened === undefined ? undefined : channelOf(row, opened);
}

/** What is kept, byte by byte: what is not sealed is no text. */
function textOf({ definition }: z.infer<typeof channelRow>): string {
  return definition.toString("latin1");
}

function channelOf(row: z.infer<typeof channelRow>, opened: string): Channel {
  return Channel.decode(opened === textOf(row) ? row.definition : Buffer.from(opened, "base64"));
}

/** Whose it is: that of another channel does not open for it. */
function ownerOf(tenant: string, name: string): string {
  return `channel ${name} of ${tenant}`;
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
