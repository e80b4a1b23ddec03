import { AppError, invalid } from "@sightline/errors/app-error";
import type { RuleFileOutcome } from "@sightline/proto/sightline/alert/v1/rule_service";
import { z } from "zod";
import type { Rules } from "../clients.ts";
import { hasCurrent } from "../http/entity-tag.ts";
import { ruleFileForm, ruleFileOutcomeForm, ruleFileOutcomeToJson, ruleFileToJson } from "../json/rule-files.ts";
import { documentRoute, type Exchange, type Route, readRoute, textRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tag = "rules";
const path = "/v1/rule-files/:name";
/** Checking a long file takes a while. */
const deadlineMs = 60_000;
export const YAML_TYPE = "application/yaml";

const versionNumber = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const versionQuery = z.strictObject({
  version: versionNumber.default(0).describe("0: the one in force"),
});
const expectedVersion = versionNumber
  .optional()
  .describe("The version that is changed, 0 for a file that is not there yet: another one is refused with 409");
const onlyCheck = z.stringbool().default(false).describe("Say what is wrong with it, change nothing");

/** Rule files: each is put, checked and refused as a whole, and every version of it is kept. */
export function ruleFileRoutes(rules: Rules): Route[] {
  return [...readRoutes(rules), ...changeRoutes(rules)];
}

function readRoutes(rules: Rules): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/rule-files",
      operation: "listRuleFiles",
      summary: "List rule files, by name",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ files: z.array(ruleFileForm) }),
      call: async ({ caller, signal }) => {
        const { files } = await rules.call("listRuleFiles", {}, { tenant: caller.tenant, signal });
        return { files: files.map(ruleFileToJson) };
      },
    }),
    readRoute({
      method: "get",
      path,
      operation: "getRuleFile",
      summary: "Read a rule file, as it is or as it was",
      tag,
      access: "query",
      query: versionQuery,
      answer: z.object({ file: ruleFileForm, source: z.string().describe("YAML") }),
      call: async (exchange) => {
        const { info, source } = await fileOf(rules, exchange);
        return { file: ruleFileToJson(info), source };
      },
    }),
    documentRoute({
      method: "get",
      path: `${path}/source`,
      operation: "getRuleFileSource",
      summary: "Read a rule file as YAML, just as it was put",
      tag,
      access: "query",
      query: versionQuery,
      contentTypes: [YAML_TYPE],
      call: async (exchange) => {
        const { info, source } = await fileOf(rules, exchange);
        const caching = { etag: `"${info.version}"`, cacheControl: "no-cache" };
        return { contentType: `${YAML_TYPE}; charset=utf-8`, content: source, caching };
      },
    }),
    readRoute({
      method: "get",
      path: `${path}/versions`,
      operation: "listRuleFileVersions",
      summary: "List the versions that are kept of a rule file, newest first, also of one that was deleted",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ versions: z.array(ruleFileForm) }),
      call: async ({ param, caller, signal }) => {
        const request = { name: param("name") };
        const { versions } = await rules.call("listRuleFileVersions", request, { tenant: caller.tenant, signal });
        return { versions: versions.map(ruleFileToJson) };
      },
    }),
  ];
}

function changeRoutes(rules: Rules): Route[] {
  return [
    writeRoute({
      method: "put",
      path,
      operation: "putRuleFile",
      summary: "Check a rule file, and put it in force as a whole",
      tag,
      access: "edit",
      query: nothing,
      body: z.strictObject({
        source: z.string().describe("YAML, as Prometheus has it"),
        version: expectedVersion,
        onlyCheck: z.boolean().default(false).describe("Say what is wrong with it, change nothing"),
      }),
      answer: ruleFileOutcomeForm,
      call: (exchange) => putFile(rules, exchange, exchange.body),
    }),
    textRoute({
      method: "put",
      path: `${path}/source`,
      operation: "putRuleFileSource",
      summary:
        "Check a rule file that is sent as YAML, and put it in force as a whole; If-Match says which version is changed",
      tag,
      access: "edit",
      query: z.strictObject({ onlyCheck }),
      bodyTypes: [YAML_TYPE],
      body: z.string(),
      answer: ruleFileOutcomeForm,
      call: (exchange) =>
        putFile(rules, exchange, {
          source: exchange.body,
          version: matchedVersion(exchange),
          onlyCheck: exchange.query.onlyCheck,
        }),
    }),
    readRoute({
      method: "delete",
      path,
      operation: "deleteRuleFile",
      summary: "Delete a rule file; its versions are kept for a while",
      tag,
      access: "edit",
      query: z.strictObject({ version: expectedVersion }),
      answer: nothing,
      call: async (exchange) => {
        const { param, caller, signal, query } = exchange;
        const version = query.version ?? matchedVersion(exchange);
        const request = { name: param("name"), userId: caller.name, expectedVersion: versionOrNone(version) };
        await rules.call("deleteRuleFile", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

type Asked = Pick<Exchange<unknown, unknown>, "param" | "caller" | "signal" | "header">;

async function fileOf(rules: Rules, { param, caller, signal, query }: Exchange<{ version: number }, unknown>) {
  const request = { name: param("name"), version: BigInt(query.version) };
  const { info, source } = await rules.call("getRuleFile", request, { tenant: caller.tenant, signal });
  if (info === undefined) throw new AppError("internal", "cannot answer the rule file: alerter answered none");
  return { info, source };
}

interface Draft {
  readonly source: string;
  readonly version?: number | undefined;
  readonly onlyCheck: boolean;
}

async function putFile(rules: Rules, { param, caller, signal }: Asked, { source, version, onlyCheck: checks }: Draft) {
  const request = {
    ...{ name: param("name"), source, userId: caller.name, onlyCheck: checks },
    expectedVersion: versionOrNone(version),
  };
  const { outcome } = await rules.call("putRuleFile", request, { tenant: caller.tenant, signal, deadlineMs });
  return ruleFileOutcomeToJson(checks ? given(outcome) : keptOutcome(outcome));
}

function given(outcome: RuleFileOutcome | undefined): RuleFileOutcome {
  if (outcome === undefined)
    throw new AppError("internal", "cannot answer what became of the file: alerter said nothing");
  return outcome;
}

/** Throws invalid_argument with all problems, a line each, when a file was refused. */
export function keptOutcome(outcome: RuleFileOutcome | undefined): RuleFileOutcome {
  const { problems } = given(outcome);
  if (problems.length === 0) return given(outcome);
  const lines = problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  throw invalid(["cannot keep the rule file: nothing of it is kept", ...lines].join("\n"));
}

function versionOrNone(version: number | undefined): bigint | undefined {
  return version === undefined ? undefined : BigInt(version);
}

/** The version that If-Match names; 0 for `If-None-Match: *`, which wants that there is none (RFC 9110 section 13.1). */
function matchedVersion({ header }: Asked): number | undefined {
  const ifMatch = header("if-match");
  if (ifMatch === "") return hasCurrent(header("if-none-match") || undefined, "") ? 0 : undefined;
  const [, digits] = /^"(\d{1,15})"$/.exec(ifMatch) ?? [];
  if (digits !== undefined) return Number(digits);
  throw invalid(`cannot read if-match: got ${ifMatch.slice(0, 100)}, want the etag of a version, such as "12"`);
}
