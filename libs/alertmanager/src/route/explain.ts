import { labelValue } from "../label-order.ts";
import { firstMismatch, formatMatcher } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import type { Route } from "./route.ts";

/** What a node of the route tree does with an alert. */
export type RouteVerdict =
  /** It takes the alert: its receiver is told. */
  | { readonly kind: "takes" }
  /** It matches, and a node below takes the alert. */
  | { readonly kind: "passes_down" }
  /** One of its matchers is not fulfilled, the first that is not. */
  | { readonly kind: "mismatch"; readonly matcher: string; readonly label: string; readonly value: string }
  /** It was not asked, since an earlier node beside it took the alert and does not say `continue`. */
  | { readonly kind: "not_reached"; readonly takenBy: string };

/** A node with what it does, and those below it; below a node that does not match nobody is asked, and nothing listed. */
export interface RouteExplanation {
  readonly route: Route;
  readonly verdict: RouteVerdict;
  readonly routes: readonly RouteExplanation[];
}

/** What each node of the tree does with an alert of these labels, and why. */
export function explainRoutes(route: Route, labels: Labels): RouteExplanation {
  const missed = firstMismatch(route.matchers, labels);
  if (missed !== undefined) {
    const value = labelValue(labels, missed.name);
    const verdict = { kind: "mismatch", matcher: formatMatcher(missed), label: missed.name, value } as const;
    return { route, verdict, routes: [] };
  }
  const routes: RouteExplanation[] = [];
  let takenBy: string | undefined;
  let isTaken = false;
  for (const child of route.routes) {
    if (takenBy !== undefined) {
      routes.push({ route: child, verdict: { kind: "not_reached", takenBy }, routes: [] });
      continue;
    }
    const explained = explainRoutes(child, labels);
    routes.push(explained);
    if (explained.verdict.kind === "mismatch") continue;
    isTaken = true;
    if (!child.continue) takenBy = child.id;
  }
  return { route, verdict: { kind: isTaken ? "passes_down" : "takes" }, routes };
}

/** The nodes that take the alert, in the order in which they do; the same as `matchRoutes` finds. */
export function takingRoutes({ route, verdict, routes }: RouteExplanation): Route[] {
  return verdict.kind === "takes" ? [route] : routes.flatMap(takingRoutes);
}

/** The ways to the nodes that take the alert, each from the root on, in the order of `takingRoutes`. */
export function takingPaths({ route, verdict, routes }: RouteExplanation): Route[][] {
  if (verdict.kind === "takes") return [[route]];
  return routes.flatMap((below) => takingPaths(below).map((path) => [route, ...path]));
}

/** A node that was looked at, and what it does, in one list: each before those below it. */
export function* eachVerdict(explanation: RouteExplanation): Generator<RouteExplanation> {
  yield explanation;
  for (const below of explanation.routes) yield* eachVerdict(below);
}

/** What a node does, as one sentence for people. */
export function verdictSentence({ route, verdict }: RouteExplanation): string {
  switch (verdict.kind) {
    case "takes":
      return `Takes the alert for the receiver ${route.options.receiver}: ${matchedText(route)}.`;
    case "passes_down":
      return `Hands the alert on to what is below it: ${matchedText(route)}.`;
    case "mismatch": {
      const { matcher, label, value } = verdict;
      const got = value === "" ? `the alert has no label ${label}` : `its label ${label} is ${JSON.stringify(value)}`;
      return `Does not match: it wants ${matcher}, and ${got}.`;
    }
    case "not_reached":
      return `Is not asked: ${verdict.takenBy} took the alert before and does not continue.`;
  }
}

function matchedText({ matchers }: Route): string {
  return matchers.length === 0 ? "it matches every alert" : `it matches by ${matchers.map(formatMatcher).join(", ")}`;
}
