import { quote } from "@sightline/gotext/quote";
import { createMapReader, type MapReader } from "../yaml/map-reader.ts";
import { createProblems, formatProblem, type Problem, type Problems } from "../yaml/problem.ts";
import { readYaml } from "../yaml/yaml-text.ts";
import { checkLabels } from "./check-labels.ts";
import { readRule } from "./read-rule.ts";
import type { Rule, RuleFile, RuleGroup } from "./rule-file.ts";

export interface ParseOptions {
  /** Whether fields that nobody knows are left out rather than refused. Default: false. */
  readonly ignoreUnknownFields?: boolean;
}

export interface ParsedRuleFile {
  /** What could be read. To be used only when there are no problems. */
  readonly file: RuleFile;
  readonly problems: readonly Problem[];
  /** What is odd and no problem. */
  readonly warnings: readonly string[];
}

/** How many rules a file may have. */
const maxRules = 100_000;

/**
 * Reads a file of rules. What Prometheus accepts or refuses is accepted or refused here (model/rulefmt), beside what is ours; all problems are
 * told, each with its line and column, its group and its rule, in the words that Prometheus has for it.
 */
export function parseRuleFile(text: string, options: ParseOptions = {}): ParsedRuleFile {
  const problems = createProblems();
  const { root, hasMore } = readYaml(text, problems);
  const warnings = hasMore ? ["got more than one YAML document, only the first one is read"] : [];
  if (root === undefined) return { file: { groups: [] }, problems: problems.found, warnings };
  const top = createMapReader(root, "a rule file", problems);
  const reading: Reading = { ...options, problems, names: new Set(), rulesLeft: maxRules };
  const groups = top.maps("groups", "a group")?.map((group) => readGroup(group, reading)) ?? [];
  if (options.ignoreUnknownFields !== true) top.finish();
  return { file: { groups }, problems: problems.found, warnings };
}

interface Reading extends ParseOptions {
  readonly problems: Problems;
  /** The groups that there are. */
  readonly names: Set<string>;
  rulesLeft: number;
}

function readGroup(reader: MapReader, reading: Reading): RuleGroup {
  const { problems, names } = reading;
  const name = reader.text("name") ?? "";
  if (name === "") problems.add(reader.place, "Groupname must not be empty");
  if (names.has(name)) problems.add(reader.place, `groupname: ${quote(name)} is repeated in the same file`);
  names.add(name);
  const labels = reader.labels("labels") ?? {};
  checkLabels(labels, (message) => reader.refuse("labels", message));
  const group = {
    name,
    intervalMs: reader.durationMs("interval") || undefined,
    queryOffsetMs: reader.durationMs("query_offset"),
    limit: reader.count("limit") ?? 0,
    labels,
    rules: readRules(reader, name, reading),
  };
  if (reading.ignoreUnknownFields !== true) reader.finish();
  return group;
}

function readRules(group: MapReader, groupName: string, reading: Reading): readonly Rule[] {
  const list = group.node("rules");
  if (list === undefined) return [];
  if (list.kind !== "list") {
    group.refuse("rules", "rules: want a list");
    return [];
  }
  reading.rulesLeft -= list.items.length;
  if (reading.rulesLeft < 0) {
    group.refuse("rules", `got more than ${maxRules} rules, want fewer`);
    return [];
  }
  return list.items.map((node, at) => {
    const own = createProblems();
    const rule = readRule(createMapReader(node, "a rule", own), {
      ignoreUnknownFields: reading.ignoreUnknownFields === true,
    });
    const where = `group ${quote(groupName)}, rule ${at + 1}, ${quote(rule.name)}`;
    for (const { place, message } of own.found) reading.problems.add(place, `${where}: ${message}`);
    return rule;
  });
}

/** A problem with the file that it is in: `rules.yml: 3:5: group "a", rule 1, "b": …`. */
export function formatFileProblem(file: string, problem: Problem): string {
  return `${file}: ${formatProblem(problem)}`;
}
