import { ALL_LABELS, type RouteConfig } from "../route/route-config.ts";
import { type Codec, type Fail, isNull, list, mapOf, type ReadContext, shownList, struct } from "./codec.ts";
import { isLabelName } from "./label-name.ts";
import { match, matchRe } from "./match-codecs.ts";
import { flag, matchers, optionalDurationMs, text } from "./values.ts";
import type { YamlNode } from "./yaml-tree.ts";

const nothing: RouteConfig = {
  receiver: "",
  groupBy: undefined,
  match: {},
  matchRe: {},
  matchers: [],
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  continue: false,
  routes: [],
  groupWaitMs: undefined,
  groupIntervalMs: undefined,
  repeatIntervalMs: undefined,
  labels: {},
};

/** A node of the route tree, with those below it. */
export const routeCodec: Codec<RouteConfig> = {
  initial: nothing,
  empty: nothing,
  read(node, context) {
    const route = fields.read(node, context);
    check(route, context.matcherMode, (message) => context.problem(node, message));
    return route;
  },
  print: (value) => fields.print(value),
};

const children: Codec<readonly RouteConfig[]> = {
  initial: [],
  empty: [],
  read(node, context) {
    for (const item of node.kind === "list" ? node.items : []) refuseNothing(item, context);
    return list(routeCodec).read(node, context);
  },
  print: (value) => list(routeCodec).print(value),
};

function refuseNothing(item: YamlNode, context: ReadContext): void {
  if (isNull(item)) context.problem(item, "missing route");
}

const fields = struct("route", {
  receiver: text(),
  // An empty list is something else than none: it groups everything together.
  groupBy: shownList(text()),
  match,
  matchRe,
  matchers,
  muteTimeIntervals: list(text()),
  activeTimeIntervals: list(text()),
  continue: flag(false),
  routes: children,
  groupWaitMs: optionalDurationMs,
  groupIntervalMs: optionalDurationMs,
  repeatIntervalMs: optionalDurationMs,
  labels: mapOf(text()),
});

function check(route: RouteConfig, mode: ReadContext["matcherMode"], fail: Fail): void {
  for (const name of Object.keys(route.labels)) {
    if (!isLabelName(name, mode)) fail(`invalid label name "${name}" in route labels`);
  }
  const names = (route.groupBy ?? []).filter((name) => name !== ALL_LABELS);
  for (const name of names) {
    if (!isLabelName(name, mode)) fail(`invalid label name "${name}" in group_by list`);
  }
  if (names.length > 0 && route.groupBy?.includes(ALL_LABELS)) {
    fail("cannot have wildcard group_by (`...`) and other labels at the same time");
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) fail(`duplicated label "${twice}" in group_by`);
  if (route.groupIntervalMs === 0) fail("group_interval cannot be zero");
  if (route.repeatIntervalMs === 0) fail("repeat_interval cannot be zero");
}
