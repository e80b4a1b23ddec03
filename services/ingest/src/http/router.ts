import type { Method, Route } from "./route.ts";

/** What a path leads to. */
export type Found =
  | { readonly kind: "route"; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "wrong method"; readonly allowed: readonly Method[]; readonly route: Route }
  | { readonly kind: "no such path" };

export interface Router {
  find(method: string | undefined, path: string): Found;
  /** All paths, for those who ask for another. */
  readonly paths: readonly string[];
}

/** Routes by their paths. A path without parameters goes before one with; two routes may share one by other methods. */
export function createRouter(routes: readonly Route[]): Router {
  const exact = new Map<string, Route[]>();
  const patterns: { readonly segments: readonly string[]; readonly routes: Route[] }[] = [];
  for (const [path, served] of Map.groupBy(routes, (route) => route.path)) {
    assertApart(path, served);
    if (path.includes("{")) patterns.push({ segments: path.split("/"), routes: served });
    else exact.set(path, served);
  }
  const servedAt = (path: string): { routes: readonly Route[]; params: Readonly<Record<string, string>> } => {
    const found = exact.get(path);
    if (found !== undefined) return { routes: found, params: {} };
    const segments = path.split("/");
    for (const pattern of patterns) {
      const params = match(pattern.segments, segments);
      if (params !== undefined) return { routes: pattern.routes, params };
    }
    return { routes: [], params: {} };
  };
  return {
    find: (method, path) => {
      const { routes: served, params } = servedAt(path);
      const [first] = served;
      if (first === undefined) return { kind: "no such path" };
      const route = served.find(({ methods }) => methods.some((allowed) => allowed === method));
      if (route !== undefined) return { kind: "route", route, params };
      return { kind: "wrong method", allowed: served.flatMap(({ methods }) => methods), route: first };
    },
    paths: [...new Set(routes.map(({ path }) => path))],
  };
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, want] of pattern.entries()) {
    const got = segments[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(want)?.[1];
    if (name === undefined ? got !== want : got === "") return undefined;
    if (name !== undefined) params[name] = decodeSegment(got);
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Two doors at one path and method would be a defect of ours. */
function assertApart(path: string, routes: readonly Route[]): void {
  const methods = routes.flatMap((route) => route.methods);
  if (new Set(methods).size !== methods.length) {
    throw new Error(`cannot serve ${path}: two routes have it with the same method`);
  }
}
