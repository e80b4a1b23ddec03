import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import type { GroupPlan } from "@sightline/rules/evaluate/plan";
import { namesIn } from "@sightline/rules/kinds/composite";
import type { Labels } from "@sightline/rules/labels";
import { z } from "zod";
import { textMap } from "../alerts/alert.ts";

const firingAlertsSql = readFileSync(new URL("./sql/firing-alerts.sql", import.meta.url), "utf8");

const firingRow = z.object({ rule_name: z.string(), labels: textMap });

/** Of all names together. */
const defaultMaxFiring = 50_000;

/** The labels of the alerts of a name that fire. Throws resource_exhausted where more fire than are looked at: nobody can say what follows then. */
export type Firing = (alertName: string) => readonly Labels[];

const nothingFires: Firing = () => [];

/** What the composites of a group look at: the alerts of other rules, whoever evaluates these. Asks only where there are composites. */
export async function firingFor(
  sql: Sql,
  tenant: string,
  plan: GroupPlan,
  maxFiring = defaultMaxFiring,
): Promise<Firing> {
  const names = new Set(
    plan.rules.flatMap((rule) =>
      rule.kind === "alerting" && rule.condition !== undefined ? namesIn(rule.condition) : [],
    ),
  );
  if (names.size === 0) return nothingFires;
  const rows = await sql.query(firingAlertsSql, [tenant, [...names], maxFiring + 1], firingRow);
  if (rows.length > maxFiring) {
    const message = `cannot look at the alerts of ${[...names].join(", ")}: got more than ${maxFiring} that fire, want at most so many`;
    return () => {
      throw new AppError("resource_exhausted", message);
    };
  }
  const byName = Map.groupBy(rows, (row) => row.rule_name);
  return (name) => byName.get(name)?.map(({ labels }) => labels) ?? [];
}
