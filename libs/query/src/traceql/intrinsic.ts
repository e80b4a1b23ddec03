/** The types of values that a query can write or name. */
export type StaticType = "string" | "int" | "float" | "boolean" | "duration" | "status" | "kind";

export const STATUSES = ["error", "ok", "unset"] as const;
export type StatusName = (typeof STATUSES)[number];

export const KINDS = ["unspecified", "internal", "client", "server", "producer", "consumer"] as const;
export type KindName = (typeof KINDS)[number];

/**
 * What every span has by itself, by the one name that Tempo prints and labels series with, and its type. `parent`,
 * which can only be compared with nil, has none.
 */
export const INTRINSICS = {
  name: "string",
  duration: "duration",
  status: "status",
  statusMessage: "string",
  kind: "kind",
  parent: undefined,
  rootName: "string",
  rootServiceName: "string",
  traceDuration: "duration",
  nestedSetLeft: "int",
  nestedSetRight: "int",
  nestedSetParent: "int",
  "trace:id": "string",
  "span:id": "string",
  "span:parentID": "string",
  "span:childCount": "int",
  "event:name": "string",
  "event:timeSinceStart": "duration",
  "link:traceID": "string",
  "link:spanID": "string",
  "instrumentation:name": "string",
  "instrumentation:version": "string",
} as const satisfies Readonly<Record<string, StaticType | undefined>>;

export type Intrinsic = keyof typeof INTRINSICS;

/** The intrinsics that are written as a bare word. */
const bare: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ["name", "name"],
  ["duration", "duration"],
  ["status", "status"],
  ["statusMessage", "statusMessage"],
  ["kind", "kind"],
  ["parent", "parent"],
  ["rootName", "rootName"],
  ["rootServiceName", "rootServiceName"],
  ["traceDuration", "traceDuration"],
  ["nestedSetLeft", "nestedSetLeft"],
  ["nestedSetRight", "nestedSetRight"],
  ["nestedSetParent", "nestedSetParent"],
  ["childCount", "span:childCount"],
]);

/** The intrinsics that are written with their scope and a colon. */
const scoped: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ["trace:duration", "traceDuration"],
  ["trace:rootName", "rootName"],
  ["trace:rootService", "rootServiceName"],
  ["trace:id", "trace:id"],
  ["span:duration", "duration"],
  ["span:name", "name"],
  ["span:kind", "kind"],
  ["span:status", "status"],
  ["span:statusMessage", "statusMessage"],
  ["span:id", "span:id"],
  ["span:parentID", "span:parentID"],
  ["span:childCount", "span:childCount"],
  ["event:name", "event:name"],
  ["event:timeSinceStart", "event:timeSinceStart"],
  ["link:traceID", "link:traceID"],
  ["link:spanID", "link:spanID"],
  ["instrumentation:name", "instrumentation:name"],
  ["instrumentation:version", "instrumentation:version"],
]);

/** The intrinsic that a word means by itself; undefined for other words. */
export function bareIntrinsic(word: string): Intrinsic | undefined {
  return bare.get(word);
}

/** The intrinsic that a word with a colon in it means; undefined for other words. */
export function scopedIntrinsic(word: string): Intrinsic | undefined {
  return scoped.get(word);
}

/** What may stand before a colon. */
export const INTRINSIC_SCOPES: ReadonlySet<string> = new Set([...scoped.keys()].map((key) => key.split(":")[0] ?? ""));

/** The words after the scope's colon, to be named in an error. */
export function intrinsicsOf(scope: string): string[] {
  return [...scoped.keys()].filter((key) => key.startsWith(`${scope}:`));
}

/** All names of intrinsics, but for `parent`, which has no value. */
export const INTRINSIC_NAMES: readonly string[] = [...bare.keys(), ...scoped.keys()]
  .filter((name) => name !== "parent")
  .sort();
