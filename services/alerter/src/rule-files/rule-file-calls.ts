import { AppError, invalid } from "@sightline/errors/app-error";
import type {
  DeleteRuleFileRequest,
  DeleteRuleGroupRequest,
  EnableRulePackRequest,
  GetRuleFileRequest,
  GetRuleFileResponse,
  PutRuleFileRequest,
  PutRuleGroupRequest,
  RuleFileInfo,
  RuleFileOutcome,
  RulePack,
} from "@sightline/proto/sightline/alert/v1/rule_service";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { PACKS, type Pack } from "@sightline/rules/packs/packs";
import { withGroup, withoutGroup } from "./edit-groups.ts";
import {
  type Change,
  type ChangeOptions,
  changeRuleFile,
  checkRuleFile,
  fileNotFound,
  outcomeOf,
} from "./put-rule-file.ts";
import { ruleFileInfo } from "./rule-file-message.ts";
import { checkRuleFileName, packFileName } from "./rule-file-name.ts";
import { findRuleFile, listRuleFiles, listRuleFileVersions, readRuleSources } from "./rule-file-store.ts";

export interface RuleFileCallsOptions extends ChangeOptions {
  /** Called after a file was changed. */
  readonly onChanged: () => void;
}

/** Rule files as a resource. Everything is of the given tenant. See `RuleService` for what is thrown. */
export interface RuleFileCalls {
  list(tenant: string): Promise<RuleFileInfo[]>;
  get(tenant: string, request: GetRuleFileRequest): Promise<GetRuleFileResponse>;
  versions(tenant: string, name: string): Promise<RuleFileInfo[]>;
  put(tenant: string, request: PutRuleFileRequest): Promise<RuleFileOutcome>;
  delete(tenant: string, request: DeleteRuleFileRequest): Promise<void>;
  putGroup(tenant: string, request: PutRuleGroupRequest): Promise<RuleFileOutcome>;
  deleteGroup(tenant: string, request: DeleteRuleGroupRequest): Promise<void>;
  packs(tenant: string): Promise<RulePack[]>;
  enablePack(tenant: string, request: EnableRulePackRequest): Promise<RuleFileOutcome>;
}

export function createRuleFileCalls({ onChanged, ...options }: RuleFileCallsOptions): RuleFileCalls {
  const { sql, bounds } = options;
  const change = async (tenant: string, asked: Change): Promise<RuleFileOutcome> => {
    if (asked.author.trim() === "")
      throw invalid("cannot change the rule file: user_id: got nothing, want who does it");
    const changed = await changeRuleFile(options, tenant, asked);
    if (changed.version !== undefined && !changed.unchanged) onChanged();
    return outcomeOf(changed);
  };
  return {
    async list(tenant) {
      return (await listRuleFiles(sql, tenant)).map(ruleFileInfo);
    },

    async get(tenant, { name, version }) {
      checkRuleFileName(name);
      const found = await findRuleFile(sql, { tenant, name, version: Number(version) });
      if (found === undefined || (version === 0n && found.deleted)) throw fileNotFound(name, Number(version));
      return { info: ruleFileInfo(found), source: found.source };
    },

    async versions(tenant, name) {
      checkRuleFileName(name);
      const found = await listRuleFileVersions(sql, tenant, name);
      if (found.length === 0) throw fileNotFound(name);
      return found.map(ruleFileInfo);
    },

    async put(tenant, { name, source, userId: author, onlyCheck, expectedVersion }) {
      if (onlyCheck) {
        checkRuleFileName(name);
        return outcomeOf({ version: undefined, unchanged: false, parsed: checkRuleFile(source, bounds) });
      }
      return await change(tenant, { name, author, expected: numberOf(expectedVersion), sourceOf: () => source });
    },

    async delete(tenant, { name, userId: author, expectedVersion }) {
      await change(tenant, { name, author, expected: numberOf(expectedVersion), sourceOf: () => null });
    },

    putGroup: (tenant, { file, source, userId: author }) =>
      change(tenant, {
        name: file,
        author,
        expected: undefined,
        sourceOf: (current) => withGroup(current?.source, source),
      }),

    async deleteGroup(tenant, { file, group, userId: author }) {
      const sourceOf: Change["sourceOf"] = (current) => {
        if (current === undefined) throw fileNotFound(file);
        return withoutGroup(current.source, group) ?? null;
      };
      await change(tenant, { name: file, author, expected: undefined, sourceOf });
    },

    async packs(tenant) {
      const copies = await readRuleSources(
        sql,
        tenant,
        PACKS.map(({ name }) => packFileName(name)),
      );
      const sourceOf = new Map(copies.map(({ name, source }) => [name, source]));
      return PACKS.map((pack) => packMessage(pack, sourceOf.get(packFileName(pack.name))));
    },

    async enablePack(tenant, { name, userId: author, replace }) {
      const pack = PACKS.find((one) => one.name === name);
      if (pack === undefined) throw packNotFound(name);
      const sourceOf: Change["sourceOf"] = (current) => {
        if (current === undefined || replace || current.source === pack.rules) return pack.rules;
        throw new AppError(
          "failed_precondition",
          `cannot enable the pack ${name}: got a changed copy of it in ${current.name}, want none, or that it is replaced`,
        );
      };
      return await change(tenant, { name: packFileName(name), author, expected: undefined, sourceOf });
    },
  };
}

function numberOf(version: bigint | undefined): number | undefined {
  return version === undefined ? undefined : Number(version);
}

function packMessage({ name, description, rules: source }: Pack, copy: string | undefined): RulePack {
  const { groups } = parseRuleFile(source).file;
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  return {
    name,
    description,
    source,
    rules,
    enabled: copy !== undefined,
    changed: copy !== undefined && copy !== source,
  };
}

function packNotFound(name: string): AppError {
  const names = PACKS.map((pack) => pack.name).join(", ");
  return new AppError("not_found", `cannot find the pack ${JSON.stringify(name.slice(0, 64))}: want one of ${names}`);
}
