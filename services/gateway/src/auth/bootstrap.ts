import { hashPassword } from "@sightline/auth/password";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { type BootstrapKeys, registerBootstrapKeys } from "@sightline/postgres/bootstrap-keys";
import type { Sql } from "@sightline/postgres/pool";
import { ensureTenant, findUser, insertUser } from "@sightline/postgres/users";

interface Text {
  reveal(): string;
}

export interface Bootstrap {
  readonly admin: { readonly username: string; readonly password?: Text | undefined };
  readonly bootstrapKeys: BootstrapKeys;
}

/**
 * Makes what an empty installation needs to be used at all: the tenant, the first user (an existing one keeps its
 * password) and the keys that the operator gave. Idempotent; several gateways may do it at once.
 *
 * @returns whether the user was made
 */
export async function bootstrap(sql: Sql, { admin, bootstrapKeys }: Bootstrap, clock: Clock): Promise<boolean> {
  await ensureTenant(sql, DEFAULT_TENANT);
  await registerBootstrapKeys(sql, bootstrapKeys, clock);
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
