import { RuleServiceService } from "@sightline/proto/sightline/alert/v1/rule_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import { internalStream } from "@sightline/rpc/streams";
import type { GroupCalls } from "./group-calls.ts";
import type { RuleFileCalls } from "./rule-file-calls.ts";

export interface RuleServiceOptions {
  readonly internalToken: string;
  readonly files: RuleFileCalls;
  readonly groups: GroupCalls;
}

/** Adds the RuleService, for the other services only. */
export function addRuleService(server: GrpcServer, { internalToken, files, groups }: RuleServiceOptions): void {
  const internal = internalUnary(internalToken);
  const stream = internalStream(internalToken);
  server.addService(RuleServiceService, {
    listRuleFiles: internal(async (_request, { tenant }) => ({ files: await files.list(tenant) })),
    getRuleFile: internal((request, { tenant }) => files.get(tenant, request)),
    listRuleFileVersions: internal(async ({ name }, { tenant }) => ({ versions: await files.versions(tenant, name) })),
    putRuleFile: internal(async (request, { tenant }) => ({ outcome: await files.put(tenant, request) })),
    deleteRuleFile: internal(async (request, { tenant }) => {
      await files.delete(tenant, request);
      return {};
    }),
    putRuleGroup: internal(async (request, { tenant }) => ({ outcome: await files.putGroup(tenant, request) })),
    deleteRuleGroup: internal(async (request, { tenant }) => {
      await files.deleteGroup(tenant, request);
      return {};
    }),
    listRuleGroups: stream((request, { tenant }) => groups.list(tenant, request)),
    listRulePacks: internal(async (_request, { tenant }) => ({ packs: await files.packs(tenant) })),
    enableRulePack: internal(async (request, { tenant }) => ({ outcome: await files.enablePack(tenant, request) })),
  });
}
