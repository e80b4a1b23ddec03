import { invalid } from "@sightline/errors/app-error";
import { parseDetails } from "@sightline/events/details";
import { msOfNanos } from "@sightline/model/time";
import type {
  TriedRule as TriedRuleMessage,
  TryEventsRequest,
  TryEventsResponse,
} from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventView } from "@sightline/query/condition/event-view";
import type { TimedEvent } from "@sightline/rules/evaluate/observe-events";
import { type GroupPlan, planGroup } from "@sightline/rules/evaluate/plan";
import { createExpandTemplate } from "@sightline/rules/template/alert-template";
import { type TriedRule, tryEvents } from "@sightline/rules/trial/try-events";
import type { GroupsInForce } from "../rule-files/groups-in-force.ts";
import { checkRuleFile, outcomeOf, type RuleFileBounds } from "../rule-files/put-rule-file.ts";

export interface EventTrialsOptions {
  readonly files: GroupsInForce;
  readonly bounds: RuleFileBounds;
  readonly externalUrl: string;
}

/** Says what rules would make of events. Nothing is kept and nobody is told. */
export interface EventTrials {
  /** Throws invalid_argument for too many events, resource_exhausted where rules would have too much to do with them. */
  tryEvents(tenant: string, request: TryEventsRequest, signal: AbortSignal): Promise<TryEventsResponse>;
}

const MAX_EVENTS = 1000;
/** Looks at rules and at what they have of each group of events, for one call: seconds at most, in which others have their turns. */
const MAX_LOOKS = 200_000;

interface TriedGroup {
  readonly file: string;
  readonly plan: GroupPlan;
}

export function createEventTrials({ files, bounds, externalUrl }: EventTrialsOptions): EventTrials {
  // The rules of events ask nothing but what came; what templates would ask besides has no answer here.
  const expand = createExpandTemplate({ externalLabels: {}, externalUrl, query: async () => [] });
  const inForce = async (tenant: string, request: TryEventsRequest): Promise<TriedGroup[]> => {
    const groups = await files.groupsOf(tenant);
    return groups
      .filter(({ file }) => request.files.length === 0 || request.files.includes(file))
      .map(({ file, plan }) => ({ file, plan: plan() }));
  };
  return {
    async tryEvents(tenant, request, signal) {
      if (request.events.length > MAX_EVENTS) {
        throw invalid(`cannot try events: got ${request.events.length}, want at most ${MAX_EVENTS}`);
      }
      const given = request.source === undefined ? undefined : checkRuleFile(request.source, bounds);
      if (given !== undefined && given.problems.length > 0) {
        const { problems } = outcomeOf({ version: undefined, unchanged: false, parsed: given });
        return { rules: [], others: 0, problems };
      }
      const groups =
        given?.file.groups.map((group) => ({ file: "", plan: planGroup(group) })) ?? (await inForce(tenant, request));
      const events = request.events.map(timedEvent);
      const options = { expand, budget: { looks: MAX_LOOKS }, signal };
      const rules: TriedRuleMessage[] = [];
      let others = 0;
      for (const { file, plan } of groups) {
        const asked = { ...plan, rules: plan.rules.filter(({ rule }) => isNamed(request.rules, rule.name)) };
        const tried = await tryEvents(asked, events, options);
        others += asked.rules.length - tried.length;
        rules.push(...tried.map((rule) => triedMessage(rule, { file, group: plan.name })));
      }
      return { rules, others, problems: [] };
    },
  };
}

function isNamed(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name);
}

/** As if it had come when it happened. */
function timedEvent(event: SystemEvent): TimedEvent {
  const atMs = msOfNanos(event.timeUnixNano);
  return { atMs, seenAtMs: atMs, view: eventView(event, parseDetails(event.details) ?? {}) };
}

function triedMessage(
  { rule, counted, ending, alerts, notes }: TriedRule,
  place: { readonly file: string; readonly group: string },
): TriedRuleMessage {
  return {
    ...place,
    rule,
    counted: [...counted],
    ending: [...ending],
    alerts: alerts.map(({ labels, annotations, value, pendingAtMs = 0, firedAtMs = 0, endedAtMs = 0 }) => ({
      ...{ labels, annotations, value },
      pendingAtUnixMs: BigInt(Math.round(pendingAtMs)),
      firedAtUnixMs: BigInt(Math.round(firedAtMs)),
      endedAtUnixMs: BigInt(Math.round(endedAtMs)),
    })),
    notes: [...notes],
  };
}
