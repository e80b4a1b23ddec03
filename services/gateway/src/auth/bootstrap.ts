import { hashApiKey, isApiKey, prefixOfApiKey, type Scope } from "@sightline/auth/api-key";
import { hashPassword } from "@sightline/auth/password";
import { invalid } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { ensureApiKey } from "@sightline/postgres/api-keys";
import type { Sql } from "@sightline/postgres/pool";
import { ensureTenant, findUser, insertUser } from "@sightline/postgres/users";

interface Text {
  reveal(): string;
}

export interface Bootstrap {
  readonly admin: { readonly username: string; readonly password?: Text | undefined };
  readonly bootstrapKeys: readonly { readonly name: string; readonly key: Text; readonly scopes: readonly Scope[] }[];
}

/**
 * Makes what an empty installation needs to be used at all: the tenant, the first user (an existing one keeps its
 * password) and the keys that the operator gave. Idempotent; several gateways may do it at once.
 *
 * @returns whether the user was made
 */
export async function bootstrap(sql: Sql, { admin, bootstrapKeys }: Bootstrap, clock: Clock): Promise<boolean> {
  await ensureTenant(sql, DEFAULT_TENANT);
  for (const { name, key, scopes } of bootstrapKeys) {
    const text = key.reveal();
    if (!isApiKey(text))
      throw invalid(`cannot register the key ${name}: it is no API key (sl_<label>_… with its checksum)`);
    const keyId = uuid7(clock());
    await ensureApiKey(sql, {
      keyId,
      tenant: DEFAULT_TENANT,
      name,
      prefix: prefixOfApiKey(text),
      hash: hashApiKey(text),
      scopes,
    });
  }
  if (admin.password === undefined || (await findUser(sql, admin.username)) !== undefined) return false;
  const passwordHash = await hashPassword(admin.password.reveal());
  return insertUser(sql, {
    userId: uuid7(clock()),
    tenant: DEFAULT_TENANT,
    username: admin.username,
    passwordHash,
    role: "admin",
  });
}
