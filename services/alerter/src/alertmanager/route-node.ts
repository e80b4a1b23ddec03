import { formatMatcher } from "@sightline/alertmanager/matcher/matcher";
import type { Route } from "@sightline/alertmanager/route/route";
import type { RouteNode } from "@sightline/proto/sightline/alert/v1/alertmanager_service";

/** What a node of the tree of routes has now. */
export interface NodeCounts {
  readonly groups: number;
  readonly alerts: number;
}

const nothing: NodeCounts = { groups: 0, alerts: 0 };

/** A node of the tree as it is told. */
export function routeNode(route: Route, above: readonly Route[], { groups, alerts }: NodeCounts = nothing): RouteNode {
  const { options } = route;
  return {
    id: route.id,
    parent: above.at(-1)?.id ?? "",
    depth: above.length,
    matchers: route.matchers.map(formatMatcher),
    receiver: options.receiver,
    groupBy: [...options.groupBy].sort(),
    groupByAll: options.groupByAll,
    groupWaitMs: BigInt(options.groupWaitMs),
    groupIntervalMs: BigInt(options.groupIntervalMs),
    repeatIntervalMs: BigInt(options.repeatIntervalMs),
    continue: route.continue,
    muteTimeIntervals: [...options.muteTimeIntervals],
    activeTimeIntervals: [...options.activeTimeIntervals],
    labels: options.labels,
    groups,
    alerts,
  };
}

/** All nodes below a root, each before those below it. Counts are by id. */
export function treeNodes(
  route: Route,
  counts: ReadonlyMap<string, NodeCounts>,
  above: readonly Route[] = [],
): RouteNode[] {
  const below = [...above, route];
  return [
    routeNode(route, above, counts.get(route.id)),
    ...route.routes.flatMap((child) => treeNodes(child, counts, below)),
  ];
}

/** The nodes of a way from the root on. */
export function pathNodes(path: readonly Route[]): RouteNode[] {
  return path.map((route, depth) => routeNode(route, path.slice(0, depth)));
}
