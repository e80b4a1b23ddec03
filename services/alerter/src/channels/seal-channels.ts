import { readFileSync } from "node:fs";
import { z } from "zod";
import { type ChannelStore, keptChannel, openChannel } from "./channel-store.ts";

const listUnsealedSql = readFileSync(new URL("./sql/list-unsealed-channels.sql", import.meta.url), "utf8");
const sealChannelSql = readFileSync(new URL("./sql/seal-channel.sql", import.meta.url), "utf8");

const unsealedRow = z.object({ tenant: z.string(), name: z.string(), definition: z.instanceof(Buffer) });

const BATCH = 100;

/**
 * Seals every channel of all tenants that lies open, or is sealed with the key before, with ours; what is sealed with another one stays. Any number may
 * do so at the same time. Does nothing without a key. Resolves to how many it has sealed.
 */
export async function sealChannels(store: ChannelStore, signal: AbortSignal): Promise<number> {
  const { sql, seal } = store;
  let sealed = 0;
  let behind = { tenant: "", name: "" };
  while (seal.prefix !== undefined && !signal.aborted) {
    const rows = await sql.query(listUnsealedSql, [behind.tenant, behind.name, seal.prefix, BATCH], unsealedRow);
    for (const row of rows) {
      behind = row;
      const { tenant, name, definition } = row;
      const channel = openChannel(seal, tenant, row);
      if (channel === undefined) continue;
      sealed += await sql.execute(sealChannelSql, [tenant, name, definition, keptChannel(seal, tenant, channel)]);
    }
    if (rows.length < BATCH) break;
  }
  return sealed;
}
