import { createMatch } from "@sightline/query/promql/matcher";
import type { Parameters } from "../http/request-parameters.ts";
import { badParameter, flagOf, selectorsOf } from "./parameters.ts";

/** Which rules are asked for (docs/querying/api.md, "Rules"). Lists that are empty allow all. */
export interface RuleQuestion {
  readonly type: "alert" | "record" | "";
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly files: readonly string[];
  /** Of which a rule's labels fulfil one. */
  readonly selectors: readonly string[];
  matchesLabels(labels: Readonly<Record<string, string>>): boolean;
  readonly withAlerts: boolean;
  /** Groups of an answer; 0 for all. */
  readonly limit: number;
  /** Where the answer before ended. */
  readonly nextGroup: string;
}

/** Throws invalid_argument in Prometheus' words. */
export function ruleQuestion(parameters: Parameters): RuleQuestion {
  const type = parameters.get("type").toLowerCase();
  if (type !== "" && type !== "alert" && type !== "record") {
    throw badParameter("type", `not supported value ${JSON.stringify(type)}`);
  }
  const selectors = selectorsOf(parameters).map((matchers) =>
    matchers.map((matcher) => ({ name: matcher.name, matches: createMatch(matcher) })),
  );
  return {
    type,
    names: parameters.all("rule_name[]"),
    groups: parameters.all("rule_group[]"),
    files: parameters.all("file[]"),
    selectors: parameters.all("match[]"),
    matchesLabels: (labels) =>
      selectors.length === 0 || selectors.some((all) => all.every(({ name, matches }) => matches(labels[name] ?? ""))),
    withAlerts: !flagOf(parameters, "exclude_alerts"),
    ...pageOf(parameters),
  };
}

function pageOf(parameters: Parameters): Pick<RuleQuestion, "limit" | "nextGroup"> {
  const limit = parameters.get("group_limit");
  const nextGroup = parameters.get("group_next_token");
  if (nextGroup !== "" && limit === "") {
    const problem = "group_limit needs to be present in order to paginate over the groups";
    throw badParameter("group_next_token", problem);
  }
  if (limit === "") return { limit: 0, nextGroup };
  if (!/^[+-]?\d{1,9}$/.test(limit)) throw badParameter("group_limit", "group_limit needs to be a valid number");
  if (Number(limit) <= 0) throw badParameter("group_limit", "group_limit needs to be greater than 0");
  return { limit: Number(limit), nextGroup };
}
