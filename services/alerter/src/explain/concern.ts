import type { EscalationPolicy, Target } from "@sightline/oncall/escalation/policy";
import { receiverOf } from "../recipients/recipient-receiver.ts";
import type { PagingFacts } from "./paging-facts.ts";

/** A step of an escalation policy by which a user can be told. */
export interface ConcerningStep {
  readonly policy: EscalationPolicy;
  /** From 0. */
  readonly step: number;
  /** The schedule that leads to the user; undefined: the step names them. */
  readonly schedule: string | undefined;
}

/** What can lead to a user being told. */
export interface Concern {
  readonly steps: readonly ConcerningStep[];
  /** Receivers whose groups go through a policy that can come to the user: the policy's name. */
  readonly byPolicy: ReadonlyMap<string, string>;
  /** Receivers that are the user's own, by their contact methods or their addresses. */
  readonly own: ReadonlySet<string>;
}

/** Finds out what could have led to the user. */
export function concernOf({ user, policies, schedules, contacts, configuration }: PagingFacts): Concern {
  const on = new Set(schedules.filter(({ users }) => users.includes(user)).map(({ name }) => name));
  const steps = policies.flatMap((policy) =>
    policy.steps.flatMap(({ targets }, step) =>
      targets.flatMap((target) =>
        leadsTo(target, user, on)
          ? [{ policy, step, schedule: target.kind === "schedule" ? target.schedule : undefined }]
          : [],
      ),
    ),
  );
  const names = new Set(steps.map(({ policy }) => policy.name));
  const byPolicy = configuration.receivers.flatMap(({ name, policy }): [string, string][] =>
    policy !== undefined && names.has(policy) ? [[name, policy]] : [],
  );
  return {
    steps,
    byPolicy: new Map(byPolicy),
    own: new Set(ownReceivers(contacts)),
  };
}

/** Receivers that lead to a user: those of their contact methods, and those by which rules name their addresses. */
export function ownReceivers(contacts: PagingFacts["contacts"]): readonly string[] {
  return (contacts?.methods ?? []).flatMap(({ receiver, address }) => [receiver, receiverOf(address) ?? receiver]);
}

function leadsTo(target: Target, user: string, on: ReadonlySet<string>): boolean {
  switch (target.kind) {
    case "user":
      return target.user === user;
    case "schedule":
      return on.has(target.schedule);
    case "receiver":
      return false;
  }
}

/** Whether a receiver's notifications can come to the user. */
export function concerns({ byPolicy, own }: Concern, receiver: string): boolean {
  return byPolicy.has(receiver) || own.has(receiver);
}
