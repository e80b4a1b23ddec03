import type { RuleFileInfo } from "@sightline/proto/sightline/alert/v1/rule_service";
import type { RuleFileVersion } from "./rule-file-store.ts";

/** One version of a file as it is told. */
export function ruleFileInfo({ version, createdAt, ...rest }: RuleFileVersion): RuleFileInfo {
  const { name, groups, rules, bytes, author, deleted } = rest;
  const counts = { groups, rules, bytes };
  return { name, version: BigInt(version), author, createdAtUnixMs: BigInt(createdAt.getTime()), ...counts, deleted };
}
