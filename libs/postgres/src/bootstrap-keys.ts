import { hashApiKey, isApiKey, prefixOfApiKey, SCOPES } from "@sightline/auth/api-key";
import { invalid } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { secret } from "@sightline/service/secret";
import { z } from "zod";
import { ensureApiKey } from "./api-keys.ts";
import type { Sql } from "./pool.ts";
import { ensureTenant } from "./users.ts";

/** Keys that exist from the first start, for the platform's own services and for tools. */
export const bootstrapKeysConfig = z
  .array(z.strictObject({ name: z.string().min(1), key: secret, scopes: z.array(z.enum(SCOPES)).min(1) }))
  .default([]);
export type BootstrapKeys = z.infer<typeof bootstrapKeysConfig>;

/**
 * Registers the keys that the operator gave, for the default tenant. Idempotent; any number of processes may do it at
 * once: whoever issues keys, and whoever asks for them, so that no sender comes before its key is known.
 *
 * @throws AppError invalid_argument, naming the key that is none
 */
export async function registerBootstrapKeys(sql: Sql, keys: BootstrapKeys, clock: Clock): Promise<void> {
  if (keys.length === 0) return;
  await ensureTenant(sql, DEFAULT_TENANT);
  for (const { name, key, scopes } of keys) {
    const text = key.reveal();
    if (!isApiKey(text))
      throw invalid(`cannot register the key ${name}: it is no API key (sl_<label>_… with its checksum)`);
    await ensureApiKey(sql, {
      keyId: uuid7(clock()),
      tenant: DEFAULT_TENANT,
      name,
      prefix: prefixOfApiKey(text),
      hash: hashApiKey(text),
      scopes,
    });
  }
}
