import { createMatcher, formatMatchers, type Matcher, matchesAll, sortMatchers } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { ALL_LABELS, type RouteConfig } from "./route-config.ts";

/** What holds for the alerts that a node of the route tree takes; all but the time intervals is inherited. */
export interface RouteOptions {
  readonly receiver: string;
  readonly groupBy: ReadonlySet<string>;
  /** Whether all labels make the group, whatever `groupBy` says. */
  readonly groupByAll: boolean;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Its labels over those of the nodes above; values may be templates, filled in for each group. */
  readonly labels: Labels;
}

/** A node of the route tree. */
export interface Route {
  /** The matchers on the way here, `{}/{team="x"}`: the first part of group keys. Two nodes may have the same. */
  readonly key: string;
  /** As `key`, with the node's place beside its siblings, `{}/{team="x"}/0`: no two nodes have the same. */
  readonly id: string;
  /** Its number in the tree: nodes below come first, as Alertmanager counts. */
  readonly index: number;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly options: RouteOptions;
  readonly routes: readonly Route[];
  /** Set of what is no node of a tree: who is told by it of the alerts that name them. */
  readonly recipient?: string;
}

/** What holds where the configuration says nothing (dispatch/route.go, DefaultRouteOpts). */
export const DEFAULT_ROUTE_OPTIONS: RouteOptions = {
  receiver: "",
  groupBy: new Set(),
  groupByAll: false,
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  labels: {},
};

/** Makes the tree that a configuration describes. Its depth is that of the configuration, which is bounded there. */
export function createRouteTree(root: RouteConfig): Route {
  let count = 0;
  const create = (config: RouteConfig, above: Above): Route => {
    const matchers = matchersOf(config);
    const written = formatMatchers(matchers);
    const key = above.key === undefined ? written : `${above.key}/${written}`;
    const id = above.id === undefined ? written : `${above.id}/${written}/${above.place}`;
    const options = optionsOf(config, above.options);
    const routes = config.routes.map((child, place) => create(child, { key, id, place, options }));
    return { key, id, index: count++, matchers, continue: config.continue, options, routes };
  };
  return create(root, { options: DEFAULT_ROUTE_OPTIONS, place: 0, key: undefined, id: undefined });
}

interface Above {
  readonly options: RouteOptions;
  readonly key: string | undefined;
  readonly id: string | undefined;
  /** The number of the node among those below the same one. */
  readonly place: number;
}

/** Alertmanager knows patterns of `match_re` with their anchors, which group keys show; they are matched the same without. */
function matchersOf({ match, matchRe, matchers }: RouteConfig): Matcher[] {
  return sortMatchers([
    ...Object.entries(match).map(([name, value]) => createMatcher({ name, operator: "=", value })),
    ...Object.entries(matchRe).map(([name, value]) => ({
      ...createMatcher({ name, operator: "=~", value }),
      value: `^(?:${value})$`,
    })),
    ...matchers,
  ]);
}

function optionsOf(config: RouteConfig, above: RouteOptions): RouteOptions {
  return {
    receiver: config.receiver === "" ? above.receiver : config.receiver,
    ...groupingOf(config, above),
    groupWaitMs: config.groupWaitMs ?? above.groupWaitMs,
    groupIntervalMs: config.groupIntervalMs ?? above.groupIntervalMs,
    repeatIntervalMs: config.repeatIntervalMs ?? above.repeatIntervalMs,
    muteTimeIntervals: config.muteTimeIntervals,
    activeTimeIntervals: config.activeTimeIntervals,
    labels: { ...above.labels, ...config.labels },
  };
}

function groupingOf({ groupBy }: RouteConfig, above: RouteOptions): Pick<RouteOptions, "groupBy" | "groupByAll"> {
  if (groupBy === undefined) return { groupBy: above.groupBy, groupByAll: above.groupByAll };
  // Alertmanager keeps the labels of the node above beside "all of them", where nothing asks for them.
  if (groupBy.includes(ALL_LABELS)) return { groupBy: above.groupBy, groupByAll: true };
  return { groupBy: new Set(groupBy), groupByAll: false };
}

/**
 * The nodes that take an alert with these labels: depth first, of each node's children the first that matches, and further ones where
 * it says `continue`; where no child matches the node itself.
 */
export function matchRoutes(route: Route, labels: Labels): Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const taking: Route[] = [];
  for (const child of route.routes) {
    const found = matchRoutes(child, labels);
    taking.push(...found);
    if (found.length > 0 && !child.continue) break;
  }
  return taking.length === 0 ? [route] : taking;
}

/** The node and all below it, each before what is below it. */
export function* eachRoute(route: Route): Generator<Route> {
  yield route;
  for (const child of route.routes) yield* eachRoute(child);
}
