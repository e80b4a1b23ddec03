import type { RouteConfig } from "../route/route-config.ts";

/** Where something stands in a configuration: keys, and places in lists. */
export type Path = readonly (string | number)[];

/** Tells of something wrong at a place. */
export type FailAtPath = (path: Path, message: string) => void;

/** What is looked at for what names refer to. */
export interface NamedParts {
  readonly route: RouteConfig;
  readonly receivers: readonly { readonly name: string }[];
  readonly muteTimeIntervals: readonly { readonly name: string }[];
  readonly timeIntervals: readonly { readonly name: string }[];
}

/** Checks that names are used once, that what routes name is there, and that the root route takes everything. */
export function checkReferences(parts: NamedParts, fail: FailAtPath): void {
  const receivers = checkUnique(parts.receivers, new Set(), (place, name) =>
    fail(["receivers", place, "name"], `notification config name "${name}" is not unique`),
  );
  checkRoot(parts.route, fail);
  const mutes = checkUnique(parts.muteTimeIntervals, new Set(), (place, name) =>
    fail(["mute_time_intervals", place, "name"], `mute time interval "${name}" is not unique`),
  );
  const intervals = checkUnique(parts.timeIntervals, mutes, (place, name) =>
    fail(["time_intervals", place, "name"], `time interval "${name}" is not unique`),
  );
  checkRoute(parts.route, ["route"], { receivers, intervals, fail });
}

function checkUnique(
  named: NamedParts["receivers"],
  names: Set<string>,
  failAt: (place: number, name: string) => void,
): Set<string> {
  named.forEach(({ name }, place) => {
    if (names.has(name)) failAt(place, name);
    names.add(name);
  });
  return names;
}

function checkRoot(route: RouteConfig, fail: FailAtPath): void {
  if (route.receiver === "") fail(["route"], "root route must specify a default receiver");
  const matchers = Object.keys(route.match).length + Object.keys(route.matchRe).length + route.matchers.length;
  if (matchers > 0) fail(["route"], "root route must not have any matchers");
  if (route.muteTimeIntervals.length > 0) {
    fail(["route", "mute_time_intervals"], "root route must not have any mute time intervals");
  }
  if (route.activeTimeIntervals.length > 0) {
    fail(["route", "active_time_intervals"], "root route must not have any active time intervals");
  }
  if (route.continue) fail(["route", "continue"], "cannot have continue in root route");
}

interface Known {
  readonly receivers: ReadonlySet<string>;
  readonly intervals: ReadonlySet<string>;
  readonly fail: FailAtPath;
}

function checkRoute(route: RouteConfig, path: Path, known: Known): void {
  const { receivers, intervals, fail } = known;
  if (route.receiver !== "" && !receivers.has(route.receiver)) {
    fail([...path, "receiver"], `undefined receiver "${route.receiver}" used in route`);
  }
  for (const key of ["active_time_intervals", "mute_time_intervals"] as const) {
    const names = key === "active_time_intervals" ? route.activeTimeIntervals : route.muteTimeIntervals;
    names.forEach((name, place) => {
      if (!intervals.has(name)) fail([...path, key, place], `undefined time interval "${name}" used in route`);
    });
  }
  for (const [place, child] of route.routes.entries()) checkRoute(child, [...path, "routes", place], known);
}

/** How many nodes a route tree has. */
export function countRoutes(route: RouteConfig): number {
  return route.routes.reduce((count, child) => count + countRoutes(child), 1);
}

interface Escalating {
  readonly sightline: { readonly escalation: string } | undefined;
}

/** Checks that the escalation policies that receivers name are there. */
export function checkPolicies(receivers: readonly Escalating[], known: ReadonlySet<string>, fail: FailAtPath): void {
  for (const [place, { sightline }] of receivers.entries()) {
    const name = sightline?.escalation ?? "";
    if (name === "" || known.has(name)) continue;
    fail(["receivers", place, "sightline", "escalation"], `undefined escalation policy "${name}" used in receiver`);
  }
}
