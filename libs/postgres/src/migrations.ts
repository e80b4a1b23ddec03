import { readFileSync } from "node:fs";
import type { Migration } from "./migrate.ts";

/** Every migration, oldest first. A new one is one file in ../migrations and one line here; none is ever changed. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "0001_tenancy", sql: readFileSync(new URL("../migrations/0001_tenancy.sql", import.meta.url), "utf8") },
];
