import type { Instance } from "./instance.ts";
import type { GroupState, RuleState } from "./state.ts";

/**
 * The state of a group after the clock was set by so many milliseconds: what has lasted goes on having lasted as long. Without it a clock that
 * leaps fires what waits, and one that is set back has what fires wait again. Times of events are those of other clocks, and stay.
 */
export function shiftState(state: GroupState, byMs: number): GroupState {
  if (byMs === 0) return state;
  const { lastEvaluatedAtMs, outage } = state;
  return {
    ...state,
    ...(lastEvaluatedAtMs !== undefined && { lastEvaluatedAtMs: lastEvaluatedAtMs + byMs }),
    ...(outage !== undefined && { outage: { ...outage, sinceMs: outage.sinceMs + byMs } }),
    rules: state.rules.map((rule) => shiftRule(rule, byMs)),
  };
}

function shiftRule(rule: RuleState, byMs: number): RuleState {
  const { lastEvaluatedAtMs, instances, late } = rule;
  if (lastEvaluatedAtMs === undefined) return rule;
  return {
    ...rule,
    lastEvaluatedAtMs: lastEvaluatedAtMs + byMs,
    instances: instances.map((instance) => shiftInstance(instance, byMs)),
    // Times that were evaluated by the clock as it was are asked about at those times.
    ...(late !== undefined && { late: { ...late, instances: late.instances.map((one) => shiftInstance(one, byMs)) } }),
  };
}

const times = ["firedAtMs", "resolvedAtMs", "keepFiringSinceMs", "heldSinceMs", "detectedAtMs"] as const;

function shiftInstance(instance: Instance, byMs: number): Instance {
  const shifted: { [name in (typeof times)[number]]?: number } = {};
  for (const name of times) {
    const ms = instance[name];
    if (ms !== undefined) shifted[name] = ms + byMs;
  }
  return { ...instance, ...shifted, activeAtMs: instance.activeAtMs + byMs };
}
