/** What callers may do, least first: read; acknowledge and edit; manage keys. */
const LEVELS = ["query", "edit", "admin"] as const;
export type Level = (typeof LEVELS)[number];

/** What a route demands. */
export type Access = "public" | Level;

/** Who is calling, and for which tenant. */
export interface Caller {
  readonly tenant: string;
  /** The user's name, or `key:<id>` of an API key; the actor in histories. */
  readonly name: string;
  readonly level: Level;
  /** By cookie: then requests that change something must come from our own pages. */
  readonly byCookie: boolean;
}

/** Whether the caller may use a route that demands `wanted`. */
export function mayUse(caller: Caller, wanted: Access): boolean {
  return wanted === "public" || LEVELS.indexOf(caller.level) >= LEVELS.indexOf(wanted);
}

/** Whether the caller may see to what is a user's own: that user, logged in, or an editor. A key is nobody's. */
export function maySeeTo(caller: Caller, user: string): boolean {
  return mayUse(caller, "edit") || (caller.byCookie && caller.name === user);
}
