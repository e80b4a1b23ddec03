import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";
import type { Seal } from "./seal.ts";

const insertSql = readFileSync(new URL("./sql/insert-inbound-source.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-inbound-source.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-inbound-sources.sql", import.meta.url), "utf8");
const updateSql = readFileSync(new URL("./sql/update-inbound-source.sql", import.meta.url), "utf8");
const renewSql = readFileSync(new URL("./sql/renew-inbound-source.sql", import.meta.url), "utf8");
const deleteSql = readFileSync(new URL("./sql/delete-inbound-source.sql", import.meta.url), "utf8");
const noteSql = readFileSync(new URL("./sql/note-inbound-request.sql", import.meta.url), "utf8");
const beginSql = readFileSync(new URL("./sql/begin-inbound-delivery.sql", import.meta.url), "utf8");
const endSql = readFileSync(new URL("./sql/end-inbound-delivery.sql", import.meta.url), "utf8");
const listUnsealedSql = readFileSync(new URL("./sql/list-unsealed-sources.sql", import.meta.url), "utf8");
const sealSql = readFileSync(new URL("./sql/seal-source.sql", import.meta.url), "utf8");
const pruneSql = readFileSync(new URL("./sql/prune-inbound-deliveries.sql", import.meta.url), "utf8");

/** Whose something is: a source of a tenant. */
export interface SourceKey {
  readonly tenant: string;
  readonly sourceId: string;
}

/** Where sources are kept: their secrets sealed, where there is a key. */
export interface SourceStore {
  readonly sql: Sql;
  readonly seal: Seal;
}

/** A source as whoever receives needs it. */
export interface FoundSource extends SourceKey {
  readonly name: string;
  readonly kind: string;
  /** As they were put: what they have to be, the caller knows. */
  readonly settings: unknown;
  /** "" for none; undefined where the key is missing that it is sealed with. */
  readonly secret: string | undefined;
}

/** A source as people see it. */
export interface ListedSource {
  readonly sourceId: string;
  readonly name: string;
  readonly kind: string;
  readonly settings: unknown;
  readonly hasSecret: boolean;
  readonly prefix: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly lastReceivedAt: Date | null;
  /** "" when nothing was wrong. */
  readonly lastProblem: string;
}

export interface NewSource extends FoundSource {
  readonly secret: string;
  readonly prefix: string;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** What of a source can be put anew. Without a secret it keeps the one it has. */
export interface ChangedSource extends SourceKey {
  readonly name: string;
  readonly settings: unknown;
  readonly secret: string | undefined;
}

/** The token of an address, as it is kept. */
export type SourceToken = Pick<NewSource, "prefix" | "tokenHash">;

const foundRow = z
  .object({
    tenant: z.string(),
    source_id: z.string(),
    name: z.string(),
    kind: z.string(),
    settings: z.unknown(),
    secret: z.string(),
  })
  .transform(({ source_id, ...rest }) => ({ ...rest, sourceId: source_id }));

const listedRow = z
  .object({
    source_id: z.string(),
    name: z.string(),
    kind: z.string(),
    settings: z.unknown(),
    has_secret: z.boolean(),
    prefix: z.string(),
    created_at: z.date(),
    created_by: z.string(),
    last_received_at: z.date().nullable(),
    last_problem: z.string(),
  })
  .transform(
    (row): ListedSource => ({
      sourceId: row.source_id,
      name: row.name,
      kind: row.kind,
      settings: row.settings,
      hasSecret: row.has_secret,
      prefix: row.prefix,
      createdAt: row.created_at,
      createdBy: row.created_by,
      lastReceivedAt: row.last_received_at,
      lastProblem: row.last_problem,
    }),
  );

/** False when the tenant has as many already as it may have. Throws already_exists when it has one of that name. */
export async function insertSource(
  { sql, seal }: SourceStore,
  source: NewSource,
  maxSources: number,
): Promise<boolean> {
  const { tenant, sourceId, name, kind, settings, prefix, tokenHash, createdAt, createdBy } = source;
  const secret = seal.seal(ownerOf(source), source.secret);
  const own = [tenant, sourceId, name, kind, JSON.stringify(settings), secret, prefix, tokenHash, createdAt, createdBy];
  return (await sql.execute(insertSql, [...own, maxSources])) > 0;
}

/** The source of a token's hash; undefined when there is none. */
export async function findSource({ sql, seal }: SourceStore, tokenHash: string): Promise<FoundSource | undefined> {
  const [row] = await sql.query(findSql, [tokenHash], foundRow);
  return row && { ...row, secret: seal.tryOpen(ownerOf(row), row.secret) };
}

/** All sources of a tenant by name, or the one of an id. */
export function listSources(sql: Sql, tenant: string, sourceId?: string): Promise<ListedSource[]> {
  return sql.query(listSql, [tenant, sourceId ?? null], listedRow);
}

/** False when there is none. Throws already_exists when another one has that name. */
export async function updateSource({ sql, seal }: SourceStore, source: ChangedSource): Promise<boolean> {
  const { tenant, sourceId, name, settings } = source;
  const secret = source.secret === undefined ? null : seal.seal(ownerOf(source), source.secret);
  return (await sql.execute(updateSql, [tenant, sourceId, name, JSON.stringify(settings), secret])) > 0;
}

const unsealedRow = z
  .object({ tenant: z.string(), source_id: z.string(), secret: z.string() })
  .transform(({ source_id, ...rest }) => ({ ...rest, sourceId: source_id }));
const UNSEALED_BATCH = 100;

/**
 * Seals every secret of all tenants that lies open, or is sealed with the key before, with ours; what is sealed with another one stays. Any number may
 * do so at the same time. Does nothing without a key. Resolves to how many it has sealed.
 */
export async function sealSources({ sql, seal }: SourceStore, signal: AbortSignal): Promise<number> {
  let sealed = 0;
  let behind: SourceKey = { tenant: "", sourceId: "00000000-0000-0000-0000-000000000000" };
  while (seal.prefix !== undefined && !signal.aborted) {
    const params = [behind.tenant, behind.sourceId, seal.prefix, UNSEALED_BATCH];
    const rows = await sql.query(listUnsealedSql, params, unsealedRow);
    for (const { secret: kept, ...source } of rows) {
      behind = source;
      const text = seal.tryOpen(ownerOf(source), kept);
      if (text === undefined) continue;
      const { tenant, sourceId } = source;
      sealed += await sql.execute(sealSql, [tenant, sourceId, kept, seal.seal(ownerOf(source), text)]);
    }
    if (rows.length < UNSEALED_BATCH) break;
  }
  return sealed;
}

/** Whose secret it is: that of another source does not open for it. */
function ownerOf({ tenant, sourceId }: SourceKey): string {
  return `inbound source ${sourceId} of ${tenant}`;
}

/** Gives a source another address, and nothing else. False when there is none. */
export async function renewSource(sql: Sql, { tenant, sourceId }: SourceKey, token: SourceToken): Promise<boolean> {
  return (await sql.execute(renewSql, [tenant, sourceId, token.prefix, token.tokenHash])) > 0;
}

/** False when there was none. */
export async function deleteSource(sql: Sql, { tenant, sourceId }: SourceKey): Promise<boolean> {
  return (await sql.execute(deleteSql, [tenant, sourceId])) > 0;
}

/** Keeps that a source sent something, and what was wrong with it, "" for nothing. */
export async function noteRequest(
  sql: Sql,
  { tenant, sourceId }: SourceKey,
  { at, problem }: { readonly at: Date; readonly problem: string },
): Promise<void> {
  await sql.execute(noteSql, [tenant, sourceId, at, problem]);
}

const deliveryRow = z
  .object({ received_at: z.date(), is_done: z.boolean(), is_ours: z.boolean() })
  .transform(({ received_at, is_done, is_ours }) => ({ receivedAt: received_at, isDone: is_done, isOurs: is_ours }));

/** How long a delivery is whoever's who takes it, and says nothing: longer than taking one may last. */
const DELIVERY_CLAIM_MS = 60_000;

/** When a delivery came first, whether it was done then, and whether it is ours to do now: nobody else does it then. */
export interface KnownDelivery {
  readonly receivedAt: Date;
  readonly isDone: boolean;
  readonly isOurs: boolean;
}

/** A delivery, and an id that nobody else has of the attempt to take it. */
export interface DeliveryClaim {
  readonly deliveryId: string;
  readonly claimId: string;
}

/** Keeps that a delivery has come, unless it has come before, and that it is being taken, unless it is. */
export async function beginDelivery(
  sql: Sql,
  { tenant, sourceId }: SourceKey,
  delivery: DeliveryClaim & { readonly receivedAt: Date },
): Promise<KnownDelivery> {
  const { deliveryId, claimId, receivedAt } = delivery;
  const params = [tenant, sourceId, deliveryId, receivedAt, claimId, DELIVERY_CLAIM_MS];
  const [row] = await sql.query(beginSql, params, deliveryRow);
  return row ?? { receivedAt, isDone: false, isOurs: true };
}

/** Keeps that what a delivery says was passed on, where it was; else that it can be taken again. */
export async function endDelivery(
  sql: Sql,
  { tenant, sourceId }: SourceKey,
  { deliveryId, claimId, doneAt }: DeliveryClaim & { readonly doneAt: Date | undefined },
): Promise<void> {
  await sql.execute(endSql, [tenant, sourceId, deliveryId, claimId, doneAt ?? null]);
}

/** Forgets deliveries that came before. */
export async function pruneDeliveries(sql: Sql, before: Date): Promise<void> {
  await sql.execute(pruneSql, [before]);
}
