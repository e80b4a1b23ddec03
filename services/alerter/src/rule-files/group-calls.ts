import { createHash } from "node:crypto";
import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import type { ListRuleGroupsRequest, ListRuleGroupsResponse } from "@sightline/proto/sightline/alert/v1/rule_service";
import { alignState } from "@sightline/rules/evaluate/align-state";
import { emptyGroupState, type GroupState } from "@sightline/rules/evaluate/state";
import { type GroupId, groupKeyOf } from "../rule-groups/group-id.ts";
import { readGroupStates } from "../rule-groups/group-state-store.ts";
import { groupMessage } from "./group-message.ts";
import type { GroupInForce, GroupsInForce } from "./groups-in-force.ts";
import { createRuleFilter, type RuleFilter } from "./rule-filter.ts";

export interface GroupCallsOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly files: GroupsInForce;
  /** Of groups that say none. */
  readonly usualIntervalMs: number;
  /** Told of a state that cannot be read, which counts as none. */
  readonly onUnreadable: (id: GroupId) => void;
}

export interface GroupCalls {
  /** The groups of a tenant's files in force with how they fare, a few at a time. See `RuleService`. */
  list(tenant: string, request: ListRuleGroupsRequest): AsyncIterable<ListRuleGroupsResponse>;
}

/** Groups whose states are read at once. */
const PIECE = 50;

export function createGroupCalls({ sql, clock, files, usualIntervalMs, onUnreadable }: GroupCallsOptions): GroupCalls {
  return {
    async *list(tenant, request) {
      const filter = createRuleFilter(request);
      const { page, next } = pageOf(await files.groupsOf(tenant), request, filter);
      for (let at = 0; at < page.length; at += PIECE) {
        const piece = page.slice(at, at + PIECE);
        const idOf = ({ file, group }: GroupInForce): GroupId => ({ tenant, file, group: group.name });
        const states = await readGroupStates(sql, piece.map(idOf), onUnreadable);
        const common = { usualIntervalMs, withAlerts: !request.withoutAlerts };
        const groups = piece.map((one) => {
          const state = aligned(one, states.get(groupKeyOf(idOf(one))), clock());
          const rules = one.plan().rules.map((plan, index) => ({ plan, state: state.rules[index] }));
          const asked = rules.filter(({ plan }) => filter.allowsRule(plan));
          const { queryOffsetMs } = one.plan();
          return groupMessage({ ...one, queryOffsetMs, state, rules: asked, ...common });
        });
        yield { groups, nextGroup: "" };
      }
      yield { groups: [], nextGroup: next };
    },
  };
}

/** The state of the rules as they are now: those that were not evaluated yet have none. */
function aligned(group: GroupInForce, state: GroupState | undefined, nowMs: number): GroupState {
  const { problem: lastError } = group;
  if (lastError !== undefined)
    return { rules: group.plan().rules.map(({ id }) => ({ id, health: "err", lastError, instances: [] })) };
  return alignState(group.plan(), state ?? emptyGroupState, nowMs).state;
}

/** The groups that have any of the rules that are asked for, from where an answer before ended (web/api/v1, rules). */
function pageOf(
  all: readonly GroupInForce[],
  { limit, nextGroup }: ListRuleGroupsRequest,
  filter: RuleFilter,
): { readonly page: readonly GroupInForce[]; readonly next: string } {
  const from = nextGroup === "" ? 0 : all.findIndex((group) => tokenOf(group) === nextGroup);
  if (from === -1) throw invalid(`invalid group_next_token '${nextGroup}'. were rule groups changed?`);
  const page: GroupInForce[] = [];
  for (const one of all.slice(from)) {
    if (!filter.allowsGroup(one) || !one.plan().rules.some(filter.allowsRule)) continue;
    if (limit > 0 && page.length === limit) return { page, next: tokenOf(one) };
    page.push(one);
  }
  return { page, next: "" };
}

/** As Prometheus makes it. */
function tokenOf({ file, group }: GroupInForce): string {
  return createHash("sha1").update(`${file};${group.name}`).digest("hex");
}
