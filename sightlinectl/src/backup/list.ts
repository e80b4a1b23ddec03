import { resolve } from "node:path";
import type { Context } from "../context.ts";
import type { Column } from "../print/table.ts";
import { type FoundBackup, findBackups } from "./find-backups.ts";

const sum = (tables: readonly { readonly rows: number }[] | undefined) =>
  tables === undefined ? "-" : String(tables.reduce((total, { rows }) => total + rows, 0));

const columns: readonly Column<FoundBackup>[] = [
  { title: "CREATED", text: ({ created }) => created?.slice(0, 19) ?? "-" },
  { title: "STATE", text: ({ state }) => state },
  { title: "CLICKHOUSE ROWS", text: ({ manifest }) => sum(manifest?.clickhouse.tables), right: true },
  { title: "POSTGRES ROWS", text: ({ manifest }) => sum(manifest?.postgres.tables), right: true },
  { title: "DIRECTORY", text: ({ directory }) => directory },
];

/** `sightlinectl backups list` */
export async function list(context: Context, options: { readonly to?: string | undefined }): Promise<void> {
  const { settings, out, now } = context;
  const dir = resolve(options.to ?? settings().backup.dir);
  const found = await findBackups(dir, now());
  out.rows("backups", columns, found);
  if (found.length === 0) out.note(`no backups in ${dir}`);
  for (const { state, error } of found) if (state === "unreadable") out.note(error ?? "");
  const broken = found.filter(({ state }) => state === "unfinished").length;
  if (broken > 0)
    out.note(`${broken} unfinished: sightlinectl backups prune --unfinished removes what is left of them`);
}
