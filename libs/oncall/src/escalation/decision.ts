import type { Severity } from "@sightline/model/severity";
import type { Target } from "./policy.ts";
import type { Recipient } from "./state.ts";

/** Why a target of a step was not told. */
export type NotTold = "nobody_on_call" | "unknown_schedule" | "told_by_this_step";

/** Why a step was left out. */
export type LeftOut = "severity" | "outside_times" | "inside_times";

/** One thing that was decided, or done by somebody. Plain data, kept as JSON. Steps and rounds count from 0. */
export type Decision = { readonly atMs: number } & (
  | { readonly kind: "started"; readonly policy: string; readonly severity: Severity; readonly firstAtMs: number }
  | {
      readonly kind: "told";
      readonly recipient: Recipient;
      /** The step's target that led to them; null: it was reassigned to them. */
      readonly target: Target | null;
      readonly round: number;
      readonly step: number;
    }
  | {
      readonly kind: "not_told";
      readonly target: Target;
      readonly reason: NotTold;
      readonly round: number;
      readonly step: number;
    }
  | { readonly kind: "left_out"; readonly reason: LeftOut; readonly round: number; readonly step: number }
  /** The step told nobody at all, so that the next one does not wait. */
  | { readonly kind: "nobody_reached"; readonly round: number; readonly step: number }
  | { readonly kind: "repeats"; readonly round: number; readonly nextAtMs: number }
  | { readonly kind: "exhausted"; readonly rounds: number }
  | { readonly kind: "acknowledged" | "resolved"; readonly by: string; readonly note: string }
  | { readonly kind: "snoozed"; readonly by: string; readonly note: string; readonly untilMs: number }
  /** By somebody, or "" by the end of a snooze. */
  | { readonly kind: "resumed"; readonly by: string; readonly note: string; readonly nextAtMs: number }
  /** `nextAtMs` is null unless the steps begin again because of it. */
  | { readonly kind: "worsened"; readonly severity: Severity; readonly nextAtMs: number | null }
  | { readonly kind: "reassigned"; readonly by: string; readonly note: string; readonly to: Assignment }
);

/** Whom an alert is given to: a user, or another policy, which begins with its first step. */
export type Assignment =
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "policy"; readonly policy: string };

const leftOutText: Readonly<Record<LeftOut, string>> = {
  severity: "it is not for alerts of this severity",
  outside_times: "it counts only at other times",
  inside_times: "it does not count at this time",
};

const notToldText: Readonly<Record<NotTold, string>> = {
  nobody_on_call: "nobody is on call",
  unknown_schedule: "there is no schedule of that name",
  told_by_this_step: "this step has told them already",
};

/** The decision as one sentence for people, without its time; steps and rounds count from 1 there. */
export function describeDecision(decision: Decision): string {
  switch (decision.kind) {
    case "started":
      return `the escalation ${decision.policy} began, for severity ${decision.severity}`;
    case "told":
      return decision.target === null
        ? `${nameOf(decision.recipient)} was told, since it was reassigned to them`
        : `step ${place(decision)} told ${nameOf(decision.recipient)}${through(decision.target)}`;
    case "not_told":
      return `step ${place(decision)} told nobody by ${nameOf(decision.target)}: ${notToldText[decision.reason]}`;
    case "left_out":
      return `step ${place(decision)} was left out: ${leftOutText[decision.reason]}`;
    case "nobody_reached":
      return `step ${place(decision)} reached nobody, so the next one did not wait`;
    case "repeats":
      return `nobody acknowledged, so the steps begin again for round ${decision.round + 1}`;
    case "exhausted":
      return `nobody acknowledged in ${decision.rounds === 1 ? "the only round" : `${decision.rounds} rounds`}; no step is left`;
    case "snoozed":
      return `${decision.by} snoozed it until ${new Date(decision.untilMs).toISOString()}${noteOf(decision)}`;
    case "resumed":
      return decision.by === ""
        ? "the snooze was over, so the steps begin again"
        : `${decision.by} resumed it${noteOf(decision)}`;
    case "worsened":
      return `its severity is ${decision.severity} now${decision.nextAtMs === null ? "" : ", so the steps begin again"}`;
    case "reassigned":
      return `${decision.by} reassigned it to ${nameOf(decision.to)}${noteOf(decision)}`;
    case "acknowledged":
    case "resolved":
      return `${decision.by === "" ? "it was" : decision.by} ${decision.kind}${noteOf(decision)}`;
  }
}

function place({ step, round }: { step: number; round: number }): string {
  return round === 0 ? `${step + 1}` : `${step + 1} of round ${round + 1}`;
}

function through(target: Target): string {
  return target.kind === "schedule" ? `, who is on call in ${target.schedule}` : "";
}

function noteOf({ note }: { note: string }): string {
  return note === "" ? "" : `: ${note}`;
}

function nameOf(of: Target | Recipient | Assignment): string {
  switch (of.kind) {
    case "user":
      return of.user;
    case "schedule":
      return `the schedule ${of.schedule}`;
    case "receiver":
      return `the receiver ${of.receiver}`;
    case "policy":
      return `the escalation ${of.policy}`;
  }
}
