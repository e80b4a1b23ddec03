import { RuleTrialServiceService } from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { RuleTests } from "./test-rule.ts";
import type { EventTrials } from "./try-events.ts";

export interface RuleTrialServiceOptions {
  readonly internalToken: string;
  readonly events: EventTrials;
  readonly tests: RuleTests;
}

/** Adds the RuleTrialService, for the other services only. */
export function addRuleTrialService(
  server: GrpcServer,
  { internalToken, events, tests }: RuleTrialServiceOptions,
): void {
  const internal = internalUnary(internalToken);
  server.addService(RuleTrialServiceService, {
    tryEvents: internal((request, { tenant, signal }) => events.tryEvents(tenant, request, signal)),
    testRule: internal((request, { tenant, signal }) => tests.testRule(tenant, request, signal)),
  });
}
