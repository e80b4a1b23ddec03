import { resolve } from "node:path";
import type { Context } from "../context.ts";
import type { Column } from "../print/table.ts";
import { type KeptBackup, listBackups } from "./keep.ts";

const sum = (tables: readonly { readonly rows: number }[]) => tables.reduce((total, { rows }) => total + rows, 0);

const columns: readonly Column<KeptBackup>[] = [
  { title: "CREATED", text: ({ manifest }) => manifest.created.slice(0, 19) },
  { title: "CLICKHOUSE ROWS", text: ({ manifest }) => String(sum(manifest.clickhouse.tables)), right: true },
  { title: "POSTGRES ROWS", text: ({ manifest }) => String(sum(manifest.postgres.tables)), right: true },
  { title: "DIRECTORY", text: ({ directory }) => directory },
];

/** `sightlinectl backups` */
export async function list({ settings, out }: Context, options: { readonly to?: string | undefined }): Promise<void> {
  const dir = resolve(options.to ?? settings().backup.dir);
  const found = await listBackups(dir);
  out.rows("backups", columns, found);
  if (found.length === 0) out.note(`no finished backups in ${dir}`);
}
