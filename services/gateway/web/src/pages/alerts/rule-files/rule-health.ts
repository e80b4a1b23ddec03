import type { RuleGroup } from "../../../api/rule-files.ts";

/** How the rules of some groups fare, all together. */
export interface RulesHealth {
  readonly rules: number;
  readonly failing: number;
  readonly unknown: number;
  readonly firing: number;
  readonly pending: number;
  /** The evaluation that is the longest ago; null while one of the groups had none. */
  readonly evaluatedAt: string | null;
  /** Of the first rule that fails, or of a source that is away. */
  readonly lastError: string | undefined;
}

/** Puts together how the rules of groups fare. */
export function healthOf(groups: readonly RuleGroup[]): RulesHealth {
  const rules = groups.flatMap((group) => group.rules);
  const alerts = rules.flatMap((rule) => rule.alerts);
  const evaluated = groups.map((group) => group.evaluatedAt);
  const known = evaluated.filter((moment) => moment !== null).sort((a, b) => Date.parse(a) - Date.parse(b));
  const outage = groups.find((group) => group.outage !== null)?.outage?.message;
  const failing = rules.filter(({ health }) => health === "error");
  const [first] = failing;
  return {
    rules: rules.length,
    failing: failing.length,
    unknown: rules.filter(({ health }) => health === "unknown").length,
    firing: alerts.filter(({ state }) => state === "firing").length,
    pending: alerts.filter(({ state }) => state === "pending").length,
    evaluatedAt: known.length === evaluated.length ? (known[0] ?? null) : null,
    lastError: outage ?? (first === undefined ? undefined : `${first.name}: ${first.lastError}`),
  };
}
