import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import type { ReceiverData } from "../channels/integration.ts";
import { storable } from "../dispatch/storable.ts";
import {
  type ContactPlace,
  contactKeyOf,
  contactPlace,
  contactRow,
  type KeptContact,
  type PlannedContact,
} from "./contact.ts";

const putSql = readFileSync(new URL("./sql/put-contacts.sql", import.meta.url), "utf8");
const dropSql = readFileSync(new URL("./sql/drop-contacts.sql", import.meta.url), "utf8");
const dueSql = readFileSync(new URL("./sql/due-contacts.sql", import.meta.url), "utf8");
const postponeSql = readFileSync(new URL("./sql/postpone-contacts.sql", import.meta.url), "utf8");
const claimSql = readFileSync(new URL("./sql/claim-contact.sql", import.meta.url), "utf8");
const settleSql = readFileSync(new URL("./sql/settle-contact.sql", import.meta.url), "utf8");
const toldSql = readFileSync(new URL("./sql/told-contacts.sql", import.meta.url), "utf8");

/** What contacts are about. */
export interface About {
  readonly tenant: string;
  readonly about: string;
}

/** Keeps those that are to be told. One that is there already stays as it is. */
export async function putContacts(
  tx: Sql,
  { tenant, about }: About,
  contacts: readonly PlannedContact[],
): Promise<void> {
  if (contacts.length === 0) return;
  const rows = contacts.map((planned) => {
    const { occasion: _occasion, dueAtMs, ...contact } = planned;
    const { receiver } = contact;
    return { contact_key: contactKeyOf(planned), receiver: storable(receiver), contact, due_at: new Date(dueAtMs) };
  });
  const text = JSON.stringify(rows).replaceAll("\\u0000", "\\ufffd").toWellFormed();
  await tx.execute(putSql, [tenant, about, text]);
}

/** Those that tell that something fires need not be told any more. Returns them. */
export function dropContacts(tx: Sql, { tenant, about }: About, nowMs: number): Promise<KeptContact[]> {
  return tx.query(dropSql, [tenant, about, new Date(nowMs)], contactRow);
}

export interface DueContactsQuery {
  readonly nowMs: number;
  /** Of one receiver of a tenant, so that none keeps others waiting. */
  readonly perReceiver: number;
  readonly limit: number;
  /** Tenants that are left out. */
  readonly resting?: readonly string[];
}

export interface DueContacts {
  readonly contacts: readonly KeptContact[];
  /** Those that this version cannot read: another one wrote them. */
  readonly unreadable: readonly ContactPlace[];
}

/** Those of all tenants that are to be told now. */
export async function dueContacts(
  sql: Sql,
  { nowMs, perReceiver, limit, resting = [] }: DueContactsQuery,
): Promise<DueContacts> {
  const rows = await sql.query(dueSql, [new Date(nowMs), perReceiver, limit, [...resting]], contactPlace);
  const contacts: KeptContact[] = [];
  const unreadable: ContactPlace[] = [];
  for (const { place, row } of rows) {
    const read = contactRow.safeParse(row);
    if (read.success) contacts.push(read.data);
    else unreadable.push(place);
  }
  return { contacts, unreadable };
}

/** Those that could not be seen to keep nobody else waiting. */
export async function postponeContacts(sql: Sql, places: readonly ContactPlace[], toMs: number): Promise<void> {
  if (places.length === 0) return;
  const columns = [
    places.map(({ tenant }) => tenant),
    places.map(({ about }) => about),
    places.map(({ contactKey }) => contactKey),
  ];
  await sql.execute(postponeSql, [...columns, new Date(toMs)]);
}

/** Says that it is being told. Returns whether it still is to be. */
export async function claimContact(tx: Sql, { tenant, about, contactKey }: ContactPlace): Promise<boolean> {
  return (await tx.execute(claimSql, [tenant, about, contactKey])) > 0;
}

/** How telling it ended. */
export interface Settled {
  readonly status: "told" | "failed" | "dropped";
  readonly outcome: string;
  readonly receiverData: ReceiverData;
  readonly nowMs: number;
}

/** Says how it ended; what was told was told, also when it need not have been meanwhile. */
export async function settleContact(tx: Sql, of: KeptContact, settled: Settled): Promise<void> {
  const { status, outcome, receiverData, nowMs } = settled;
  const data = JSON.stringify(receiverData);
  const params = [of.tenant, of.about, of.contactKey, status, storable(outcome), data, new Date(nowMs)];
  await tx.execute(settleSql, params);
}

/** Who was told, the newest of each outlet first. */
export function toldContacts(sql: Sql, { tenant, about }: About): Promise<KeptContact[]> {
  return sql.query(toldSql, [tenant, about], contactRow);
}
