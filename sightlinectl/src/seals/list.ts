import type { Context } from "../context.ts";
import type { Column } from "../print/table.ts";
import { type ListedSeals, readSeals, withPostgres } from "./read-seals.ts";

const SHOWN_TENANTS = 5;

const columns: readonly Column<ListedSeals>[] = [
  { title: "KEY", text: ({ key, givenUp }) => `${key ?? "none"}${givenUp === null ? "" : " (lost)"}` },
  { title: "WHAT", text: ({ kind }) => kind },
  { title: "COUNT", text: ({ count }) => String(count), right: true },
  { title: "TENANTS", text: ({ tenants }) => namesOf(tenants) },
];

/** `sightlinectl seals list` */
export async function list(context: Context): Promise<void> {
  const seals = await withPostgres(context, readSeals);
  context.out.rows("seals", columns, seals);
  if (seals.length === 0) context.out.note("nothing is kept that has secrets");
}

function namesOf(tenants: readonly string[]): string {
  const more = tenants.length - SHOWN_TENANTS;
  return `${tenants.slice(0, SHOWN_TENANTS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
