import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { call } from "./client.ts";
import { count, flag, list, moment, text, textMap } from "./fields.ts";
import { anySchema } from "./types.ts";

export const ruleFilesKey = ["rule-files"] as const;

const fileSchema = z.object({
  name: z.string(),
  version: count,
  author: text,
  created: moment,
  groups: count,
  rules: count,
  deleted: flag,
});
export type RuleFile = z.infer<typeof fileSchema>;
const fileListSchema = z.object({ files: list(fileSchema) });
const fileSourceSchema = z.object({ file: fileSchema, source: text });
export type RuleFileSource = z.infer<typeof fileSourceSchema>;

const outcomeSchema = z.object({
  problems: list(z.object({ line: count, column: count, message: text })),
  warnings: list(z.string()),
  groups: count,
  rules: count,
});
export type RuleFileOutcome = z.infer<typeof outcomeSchema>;

const ruleSchema = z.object({
  name: text,
  type: z.catch(z.enum(["alerting", "recording"]), "alerting"),
  kind: text,
  query: text,
  labels: textMap,
  forSeconds: count,
  state: z.catch(z.enum(["inactive", "pending", "firing"]), "inactive"),
  health: z.catch(z.enum(["unknown", "ok", "error"]), "unknown"),
  lastError: text,
  evaluatedAt: moment,
  durationMs: count,
  alerts: list(z.object({ state: text })),
});
export type FileRule = z.infer<typeof ruleSchema>;

const groupSchema = z.object({
  file: text,
  name: text,
  intervalSeconds: count,
  evaluatedAt: moment,
  durationMs: count,
  outage: z._default(z.nullable(z.object({ since: moment, message: text })), null),
  rules: list(ruleSchema),
});
export type RuleGroup = z.infer<typeof groupSchema>;
const groupListSchema = z.object({ groups: list(groupSchema), next: z._default(z.nullable(z.string()), null) });

/** All rule files, by name. */
export const ruleFilesQuery = queryOptions({
  queryKey: [...ruleFilesKey, "list"],
  queryFn: async ({ signal }) => (await call(fileListSchema, "/v1/rule-files", { signal })).files,
  refetchInterval: 30_000,
});

/** How the groups of a file fare, and what of them fires. */
export function ruleGroupsQuery(file: string) {
  return queryOptions({
    queryKey: [...ruleFilesKey, "groups", file],
    queryFn: async ({ signal }) =>
      (await call(groupListSchema, "/v1/rule-groups", { query: { file, limit: 1000 }, signal })).groups,
    refetchInterval: 15_000,
  });
}

/** A file as it was put. */
export function ruleFileQuery(name: string) {
  return queryOptions({
    queryKey: [...ruleFilesKey, "source", name],
    queryFn: ({ signal }) => call(fileSourceSchema, rulePath(name), { signal }),
  });
}

/** What is wrong with a file, or odd. */
export function ruleFileCheckQuery(name: string, source: string) {
  return queryOptions({
    queryKey: [...ruleFilesKey, "check", source],
    queryFn: ({ signal }) => {
      const body = { source, onlyCheck: true };
      return call(outcomeSchema, rulePath(name), { method: "PUT", body, signal });
    },
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 60_000,
  });
}

/** Puts a file in force as a whole; refused when somebody else has changed the version since. */
export async function saveRuleFile(name: string, source: string, version: number): Promise<void> {
  await call(anySchema, rulePath(name), { method: "PUT", body: { source, version }, timeoutMs: 90_000 });
}

/** Takes a file out of force; its alerts end. */
export async function deleteRuleFile(name: string): Promise<void> {
  await call(anySchema, rulePath(name), { method: "DELETE" });
}

const packListSchema = z.object({
  packs: list(z.object({ name: z.string(), description: text, rules: count, enabled: flag, changed: flag })),
});
export type RulePack = z.infer<typeof packListSchema>["packs"][number];

/** The rules that are shipped, by packs. */
export const rulePacksQuery = queryOptions({
  queryKey: [...ruleFilesKey, "packs"],
  queryFn: async ({ signal }) => (await call(packListSchema, "/v1/rule-packs", { signal })).packs,
});

/** Puts a pack's rules in force, as a file that may be changed. */
export async function enableRulePack(name: string): Promise<void> {
  await call(anySchema, `/v1/rule-packs/${encodeURIComponent(name)}/enable`, { method: "POST", body: {} });
}

/** The file that a pack becomes. */
export function fileOfPack(name: string): string {
  return `pack:${name}`;
}

function rulePath(name: string): string {
  return `/v1/rule-files/${encodeURIComponent(name)}`;
}

const ruleTestSchema = z.object({
  routing: z._default(
    z.nullable(
      z.object({ sentence: text, routes: list(z.object({ receiver: text, integrations: list(z.string()) })) }),
    ),
    null,
  ),
  recipients: list(z.object({ recipient: text, receiver: text, integrations: list(z.string()) })),
  channels: list(z.string()),
  told: list(
    z.object({
      receiver: text,
      resolved: flag,
      integrations: list(z.object({ integration: text, delivered: flag, sentence: text })),
      problem: text,
    }),
  ),
});
export type RuleTest = z.infer<typeof ruleTestSchema>;

/** Which rule is meant. */
export interface RulePlace {
  readonly rule: string;
  readonly file: string;
  readonly group: string;
}

/** Says who would be told of an alert of a rule, or tells them that this is a test. */
export function testRule(place: RulePlace, send: boolean): Promise<RuleTest> {
  return call(ruleTestSchema, "/v1/rule-tests", { method: "POST", body: { ...place, send }, timeoutMs: 90_000 });
}
