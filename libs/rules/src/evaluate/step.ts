import {
  type Active,
  type Instance,
  type InstanceKind,
  type InstanceState,
  isActive,
  resolvedRetentionMs,
} from "./instance.ts";

/** Why an alert came to be in another state. */
export type StepReason =
  /** Its condition began to hold, and has to go on. */
  | "condition_began"
  | "held_long_enough"
  /** It fires at once, as it has no `for`. */
  | "nothing_to_wait_for"
  | "condition_ended"
  /** Its `for` was made longer than it has held. */
  | "for_was_extended";

export interface Change {
  /** Undefined when there was none. */
  readonly before: Instance | undefined;
  readonly after: Instance;
  /** As those who are told see it: one that was only pending is gone. */
  readonly to: InstanceState;
  readonly reason: StepReason;
}

export interface StepOptions {
  readonly kind: InstanceKind;
  readonly atMs: number;
  /** How long it has to hold. */
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Whether an alert that was not found stays as it is, since nothing is known of it. */
  readonly isHeld?: (instance: Instance) => boolean;
}

export interface Step {
  readonly instances: readonly Instance[];
  readonly changes: readonly Change[];
  /** How many are pending or firing. */
  readonly activeCount: number;
}

const nothing: Step = { instances: [], changes: [], activeCount: 0 };

/**
 * One step of the states of a rule's alerts, as Prometheus takes it (rules/alerting.go, AlertingRule.Eval):
 *
 * | is       | found                           | not found                                          |
 * | -------- | ------------------------------- | -------------------------------------------------- |
 * | –        | pending, firing when `for` is 0 | –                                                  |
 * | pending  | firing after `for`              | gone                                               |
 * | firing   | –; pending when `for` grew      | inactive, after `keep_firing_for`                  |
 * | inactive | pending anew, as from nothing   | gone after 15 minutes                              |
 */
export function step(instances: readonly Instance[], found: readonly Active[], options: StepOptions): Step {
  if (instances.length === 0 && found.length === 0) return nothing;
  const foundByKey = new Map(found.map((active) => [active.key, active]));
  const result: Instance[] = [];
  const changes: Change[] = [];
  let activeCount = 0;
  const take = (before: Instance | undefined, after: Instance | undefined) => {
    if (after === undefined) return;
    result.push(after);
    if (isActive(after)) activeCount++;
    if (after.state !== before?.state) changes.push(changeOf(before, after));
  };
  for (const instance of instances) {
    const active = foundByKey.get(instance.key);
    foundByKey.delete(instance.key);
    if (active !== undefined) take(instance, whenFound(instance, active, options));
    else if (options.isHeld?.(instance) === true)
      take(instance, { ...instance, heldSinceMs: instance.heldSinceMs ?? options.atMs });
    else {
      const after = whenNotFound(instance, options);
      if (after === undefined && instance.state === "pending") changes.push(endOfPending(instance));
      take(instance, after);
    }
  }
  for (const active of foundByKey.values()) take(undefined, advance(beginning(active, options), options));
  return { instances: result, changes, activeCount };
}

function beginning(active: Active, { kind, atMs }: StepOptions): Instance {
  return { ...active, kind, state: "pending", activeAtMs: atMs };
}

function whenFound(instance: Instance, active: Active, options: StepOptions): Instance {
  if (!isActive(instance)) return advance(beginning(active, options), options);
  const { keepFiringSinceMs: _, heldSinceMs: __, ...kept } = instance;
  const { value, annotations } = active;
  return advance(
    { ...kept, value, annotations, ...(active.series !== undefined && { series: active.series }) },
    options,
  );
}

function whenNotFound(instance: Instance, options: StepOptions): Instance | undefined {
  const { atMs, keepFiringForMs } = options;
  if (instance.state === "pending") return undefined;
  if (instance.state === "inactive") {
    return instance.resolvedAtMs !== undefined && atMs - instance.resolvedAtMs > resolvedRetentionMs
      ? undefined
      : instance;
  }
  const keepFiringSinceMs = instance.keepFiringSinceMs ?? atMs;
  if (keepFiringForMs > 0 && atMs - keepFiringSinceMs < keepFiringForMs)
    return advance({ ...instance, keepFiringSinceMs }, options);
  return { ...instance, state: "inactive", resolvedAtMs: atMs, ...(keepFiringForMs > 0 && { keepFiringSinceMs }) };
}

function advance(instance: Instance, { atMs, forMs }: StepOptions): Instance {
  // What an event began may be looked at for a time before that.
  const isLongEnough = Math.max(atMs - instance.activeAtMs, 0) >= forMs;
  if (instance.state === "pending" && isLongEnough) return { ...instance, state: "firing", firedAtMs: atMs };
  if (instance.state !== "firing" || isLongEnough) return instance;
  const { firedAtMs: _, keepFiringSinceMs: __, detectedAtMs: ___, ...kept } = instance;
  return { ...kept, state: "pending" };
}

function changeOf(before: Instance | undefined, after: Instance): Change {
  const to = after.state;
  if (to === "inactive") return { before, after, to, reason: "condition_ended" };
  if (to === "firing")
    return { before, after, to, reason: before?.state === "pending" ? "held_long_enough" : "nothing_to_wait_for" };
  return { before, after, to, reason: before?.state === "firing" ? "for_was_extended" : "condition_began" };
}

function endOfPending(instance: Instance): Change {
  return { before: instance, after: instance, to: "inactive", reason: "condition_ended" };
}
