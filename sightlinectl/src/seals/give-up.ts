import { giveUpKey } from "@sightline/postgres/seal-keys";
import type { Context } from "../context.ts";
import { counted } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";
import { type ListedSeals, readSeals, withPostgres } from "./read-seals.ts";

/** `sightlinectl seals give-up` */
export async function giveUp(context: Context, key: string): Promise<void> {
  const seals = await withPostgres(context, async (sql) => {
    const lost = (await readSeals(sql)).filter((one) => one.key === key);
    if (lost.length === 0) throw new UsageError(`nothing is sealed with the key ${key}: see sightlinectl seals list`);
    await giveUpKey(sql, key, context.now());
    return lost;
  });
  const tenantsOf = (kind: ListedSeals["kind"]) => seals.find((one) => one.kind === kind)?.tenants ?? [];
  const configurations = tenantsOf("configuration");
  const inboundSecrets = tenantsOf("inbound secret");
  const channels = tenantsOf("channel");
  context.out.value({ key, putAgain: { configurations, inboundSecrets, channels } }, [
    `alerters do not wait for the key ${key} any more`,
    ...linesOf("alertmanager.yml is to be put again, with its secrets", configurations),
    ...linesOf("secrets of inbound sources are to be put again", inboundSecrets),
    ...linesOf("channels that rules name are to be put again, and are not listed until then", channels),
  ]);
}

function linesOf(what: string, tenants: readonly string[]): readonly string[] {
  return tenants.length === 0 ? [] : [`${what}, of ${counted(tenants.length, "tenant")}: ${tenants.join(", ")}`];
}
