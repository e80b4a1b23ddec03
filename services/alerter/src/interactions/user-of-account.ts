import type { Sql } from "@sightline/postgres/pool";
import { Contacts } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { AS_IT_IS_MS, listKept } from "../oncall/revision-store.ts";

/**
 * The user who is told by an account of another program, such as the id of a member of Slack: their contact methods have it as an address.
 * Undefined where nobody's do, or more than one's.
 */
export async function userOfAccount(sql: Sql, tenant: string, account: string): Promise<string | undefined> {
  const all = await listKept(sql, { tenant, kind: "contacts", asOfMs: AS_IT_IS_MS });
  const [user, ...others] = all.filter(({ definition }) =>
    Contacts.decode(definition).methods.some(({ address }) => address === account),
  );
  return others.length === 0 ? user?.name : undefined;
}
