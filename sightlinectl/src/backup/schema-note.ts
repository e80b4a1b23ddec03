import type { Manifest } from "./manifest.ts";

/** The migrations that there are, without the backup. */
export interface KnownMigrations {
  /** That this program knows. */
  readonly postgres: readonly string[];
  /** That the database had seen before it was replaced; none when it was empty. */
  readonly clickhouse: readonly string[];
}

/** What is to be done after a backup of another schema was restored; undefined when it is the same. */
export function schemaNote({ version, postgres, clickhouse }: Manifest, known: KnownMigrations): string | undefined {
  const lacking = [
    ...without(known.postgres, postgres.migrations).map((name) => `postgres ${name}`),
    ...without(known.clickhouse, clickhouse.migrations).map((name) => `clickhouse ${name}`),
  ];
  const unknown = known.clickhouse.length === 0 ? [] : without(clickhouse.migrations, known.clickhouse);
  if (unknown.length > 0) {
    return `the backup is of a newer schema, that of Sightline ${version} (clickhouse ${unknown.join(", ")}): run that version's services or newer ones`;
  }
  if (lacking.length === 0) return undefined;
  return `the backup is of an older schema, that of Sightline ${version}: start all services anew, which then apply ${lacking.join(", ")}`;
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name));
}
