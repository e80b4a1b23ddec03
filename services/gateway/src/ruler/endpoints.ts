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

/** One endpoint below `/config/v1/rules`. */
export interface RulerEndpoint {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly access: Level;
  /** Resolves to YAML; undefined when all that is to be said is that it was done. */
  answer(request: RulerRequest, rules: Rules): Promise<string | undefined>;
}

const deadlineMs = 60_000;

/** What mimirtool and Grafana ask of a ruler (Mimir, "HTTP API", Ruler): a namespace is a rule file. */
export const rulerEndpoints: readonly RulerEndpoint[] = [
  {
    method: "get",
    path: "",
    access: "query",
    answer: async (request, rules) => {
      const { files } = await rules.call("listRuleFiles", {}, callOf(request));
      const namespaces: Namespace[] = [];
      for (const { name } of files) namespaces.push({ name, source: await sourceOf(name, request, rules) });
      if (namespaces.length === 0) throw new AppError("not_found", "no rule groups found");
      return namespacesYaml(namespaces);
    },
  },
  {
    method: "get",
    path: "/:namespace",
    access: "query",
    answer: async (request, rules) => {
      const name = request.pathPart("namespace");
      return namespacesYaml([{ name, source: await sourceOf(name, request, rules) }]);
    },
  },
  {
    method: "get",
    path: "/:namespace/:group",
    access: "query",
    answer: async (request, rules) => {
      const source = await sourceOf(request.pathPart("namespace"), request, rules);
      const found = groupYaml(source, request.pathPart("group"));
      if (found === undefined) throw new AppError("not_found", "group does not exist");
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

async function sourceOf(name: string, request: RulerRequest, rules: Rules): Promise<string> {
  return (await rules.call("getRuleFile", { name, version: 0n }, callOf(request))).source;
}

function callOf({ caller, signal }: RulerRequest) {
  return { tenant: caller.tenant, signal, deadlineMs };
}
