import type { RuleFileInfo, RuleFileOutcome, RulePack } from "@sightline/proto/sightline/alert/v1/rule_service";
import { z } from "zod";
import { momentOfMs, momentOrNull } from "./scalars.ts";

export const ruleFileForm = z.object({
  name: z.string(),
  version: z.number().describe("No number comes twice in a tenant"),
  author: z.string(),
  created: momentOrNull,
  groups: z.number(),
  rules: z.number(),
  bytes: z.number(),
  deleted: z.boolean().describe("Whether this version says that the file was deleted"),
});

export function ruleFileToJson({ version, createdAtUnixMs, ...rest }: RuleFileInfo): z.infer<typeof ruleFileForm> {
  return { ...rest, version: Number(version), created: momentOfMs(createdAtUnixMs) };
}

export const ruleFileOutcomeForm = z.object({
  file: ruleFileForm.nullable().describe("Null when it was only checked"),
  unchanged: z.boolean().describe("Whether it was there already, just as it was put"),
  problems: z
    .array(z.object({ line: z.number(), column: z.number(), message: z.string() }))
    .describe("All that is wrong, when it was only checked; lines and columns from 1"),
  warnings: z.array(z.string()),
  groups: z.number(),
  rules: z.number(),
});

export function ruleFileOutcomeToJson({ info, ...rest }: RuleFileOutcome): z.infer<typeof ruleFileOutcomeForm> {
  return { ...rest, file: info === undefined ? null : ruleFileToJson(info) };
}

export const rulePackForm = z.object({
  name: z.string(),
  description: z.string(),
  rules: z.number(),
  enabled: z.boolean(),
  changed: z.boolean().describe("Whether the copy in the file pack:<name> differs from what is shipped"),
  source: z.string().describe("The rules that are shipped, YAML"),
});

export function rulePackToJson(pack: RulePack): z.infer<typeof rulePackForm> {
  return pack;
}
