import { AppError } from "@sightline/errors/app-error";
import type { Caller, Level } from "../auth/caller.ts";
import type { Rules } from "../clients.ts";
import { keptOutcome } from "../rest/rule-files.ts";
import { groupYaml, type Namespace, namespacesYaml } from "./group-yaml.ts";

/** A request to the ruler API. */
export interface RulerRequest {
  /** What stands for `:name` in the path. */
  pathPart(name: string): string;
  /** Of a POST: YAML. */
  readonly body: string;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** One endpoint below `/prometheus/config/v1/rules`. */
export interface RulerEndpoint {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly access: Level;
  /** Resolves to YAML; undefined when all that is to be said is that it was done. */
  answer(request: RulerRequest, rules: Rules): Promise<string | undefined>;
}

const deadlineMs = 60_000;

/** By these words Grafana tells a ruler that has nothing of that name from one that is not there. */
const NO_GROUPS = "no rule groups found";
const NO_GROUP = "group does not exist";

/** What mimirtool and Grafana ask of a ruler (Mimir, "HTTP API", Ruler): a namespace is a rule file. */
export const rulerEndpoints: readonly RulerEndpoint[] = [
  {
    method: "get",
    path: "",
    access: "query",
    answer: async (request, rules) => {
      const { files } = await rules.call("listRuleFiles", {}, callOf(request));
      const namespaces: Namespace[] = [];
      for (const { name } of files) {
        namespaces.push({ name, source: await sourceOf({ name, missing: NO_GROUPS }, request, rules) });
      }
      if (namespaces.length === 0) throw new AppError("not_found", NO_GROUPS);
      return namespacesYaml(namespaces);
    },
  },
  {
    method: "get",
    path: "/:namespace",
    access: "query",
    answer: async (request, rules) => {
      const name = request.pathPart("namespace");
      return namespacesYaml([{ name, source: await sourceOf({ name, missing: NO_GROUPS }, request, rules) }]);
    },
  },
  {
    method: "get",
    path: "/:namespace/:group",
    access: "query",
    answer: async (request, rules) => {
      const source = await sourceOf({ name: request.pathPart("namespace"), missing: NO_GROUP }, request, rules);
      const found = groupYaml(source, request.pathPart("group"));
      if (found === undefined) throw new AppError("not_found", NO_GROUP);
      return found;
    },
  },
  {
    method: "post",
    path: "/:namespace",
    access: "edit",
    answer: async (request, rules) => {
      const asked = { file: request.pathPart("namespace"), source: request.body, userId: request.caller.name };
      keptOutcome((await rules.call("putRuleGroup", asked, callOf(request))).outcome);
      return undefined;
    },
  },
  {
    method: "delete",
    path: "/:namespace/:group",
    access: "edit",
    answer: async (request, rules) => {
      const { pathPart, caller } = request;
      const asked = { file: pathPart("namespace"), group: pathPart("group"), userId: caller.name };
      await rules.call("deleteRuleGroup", asked, callOf(request));
      return undefined;
    },
  },
  {
    method: "delete",
    path: "/:namespace",
    access: "edit",
    answer: async (request, rules) => {
      const asked = { name: request.pathPart("namespace"), userId: request.caller.name, expectedVersion: undefined };
      await rules.call("deleteRuleFile", asked, callOf(request));
      return undefined;
    },
  },
];

/** The text of a file; `missing` is what is said when there is none of that name. */
async function sourceOf(
  { name, missing }: { readonly name: string; readonly missing: string },
  request: RulerRequest,
  rules: Rules,
): Promise<string> {
  try {
    return (await rules.call("getRuleFile", { name, version: 0n }, callOf(request))).source;
  } catch (thrown) {
    const error = AppError.from(thrown);
    throw error.code === "not_found" ? new AppError("not_found", missing, { cause: error }) : error;
  }
}

function callOf({ caller, signal }: RulerRequest) {
  return { tenant: caller.tenant, signal, deadlineMs };
}
