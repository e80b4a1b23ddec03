import type { Sql } from "@sightline/postgres/pool";
import { Contacts } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { AS_IT_IS_MS, listKept } from "../oncall/revision-store.ts";

/** An account of another program, such as the id of a member of Slack. */
export interface Account {
  readonly tenant: string;
  readonly account: string;
  /** Whether a receiver tells people by accounts of that program. */
  isOfProgram(receiver: string): boolean;
}

/**
 * The user who is told by an account of another program: their contact methods have it as the address of a receiver of that program.
 * Undefined where nobody's do, or more than one's.
 */
export async function userOfAccount(sql: Sql, { tenant, account, isOfProgram }: Account): Promise<string | undefined> {
  const all = await listKept(sql, { tenant, kind: "contacts", asOfMs: AS_IT_IS_MS });
  const [user, ...others] = all.filter(({ definition }) =>
    Contacts.decode(definition).methods.some(({ address, receiver }) => address === account && isOfProgram(receiver)),
  );
  return others.length === 0 ? user?.name : undefined;
}
