import type { Sql } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import { takeBackKeys } from "@sightline/postgres/seal-keys";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import { sealChannels } from "../channels/seal-channels.ts";
import { sealConfigurations } from "./seal-configurations.ts";

export interface SealKeeperOptions {
  readonly sql: Sql;
  readonly seal: Seal;
  readonly log: Logger;
  readonly failures: { inc(): void };
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

/** Long enough for those to be gone that run without a key when there is a new one: they could not open what is sealed. */
const INTERVAL_MS = 600_000;

/**
 * After each interval, and not before the first, has every configuration and channel sealed with our key, also those that replicas with another key or none put
 * meanwhile, and our keys lost no longer.
 *
 * @returns ends it, and resolves once a run under way is done
 */
export function keepSealed(options: SealKeeperOptions): () => Promise<void> {
  const { sql, seal, log, failures, intervalMs = INTERVAL_MS } = options;
  let closedBefore = 0;
  const run = async (signal: AbortSignal): Promise<void> => {
    const { sealed, closed } = await sealConfigurations({ sql, seal, signal });
    const sealedChannels = await sealChannels({ sql, seal }, signal);
    await takeBackKeys(sql, seal.keyIds);
    if (sealed > 0) log.info({ sealed }, "configurations are sealed that were not, or with the key before");
    if (sealedChannels > 0)
      log.info({ sealed: sealedChannels }, "channels are sealed that were not, or with the key before");
    if (closed > 0 && closed !== closedBefore) {
      log.warn({ closed }, "configurations are sealed with keys that are not configured");
    }
    closedBefore = closed;
  };
  const { signal: until } = options;
  return every(intervalMs, run, { name: "seal configurations", log, failures, signal: until, immediately: false });
}
