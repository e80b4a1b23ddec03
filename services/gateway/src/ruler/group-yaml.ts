import { formatRuleFile } from "@sightline/rules/file/format-rule-file";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";

/** A file in force as the ruler API has it: a namespace with its groups. */
export interface Namespace {
  readonly name: string;
  /** YAML of the file. */
  readonly source: string;
}

/** Namespaces with their groups, as YAML. */
export function namespacesYaml(namespaces: readonly Namespace[]): string {
  return namespaces.map(({ name, source }) => `${JSON.stringify(name)}:${listOf(source)}`).join("");
}

/** One group, as YAML; undefined when the file has none of that name. */
export function groupYaml(source: string, name: string): string | undefined {
  const group = parseRuleFile(source).file.groups.find((one) => one.name === name);
  if (group === undefined) return undefined;
  const lines = linesOf(formatRuleFile({ groups: [group] }));
  // An item of the list, without its dash.
  return `${lines.map((line) => line.slice(4)).join("\n")}\n`;
}

/** The list behind `groups:`. */
function listOf(source: string): string {
  const { file } = parseRuleFile(source);
  return file.groups.length === 0 ? " []\n" : `\n${linesOf(formatRuleFile(file)).join("\n")}\n`;
}

function linesOf(text: string): readonly string[] {
  return text.trimEnd().split("\n").slice(1);
}
