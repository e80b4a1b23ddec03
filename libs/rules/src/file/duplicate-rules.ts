import { type Labels, labelsKey } from "../labels.ts";
import type { RuleFile } from "./rule-file.ts";

/** Rules of the same name and the same labels. */
export interface Duplicate {
  readonly name: string;
  readonly labels: Labels;
}

/** Finds rules that write the same series, each once (cmd/promtool, checkDuplicates). */
export function duplicateRules({ groups }: RuleFile): readonly Duplicate[] {
  const seen = new Set<string>();
  const found = new Map<string, Duplicate>();
  for (const { labels: common, rules } of groups) {
    for (const { name, labels: own } of rules) {
      const labels = { ...common, ...own };
      const key = `${name}\u0000${labelsKey(labels)}`;
      if (seen.has(key)) found.set(key, { name, labels });
      seen.add(key);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, duplicate]) => duplicate);
}
