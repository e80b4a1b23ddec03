import type { Kind } from "./fields.ts";

interface Method {
  /** What it can be called on, besides values known only when the event is seen. */
  readonly of: "text" | "map";
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly gives: Kind;
}

/** The methods of conditions, as Python names them. */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ["get", { of: "map", minArguments: 1, maxArguments: 2, gives: "any" }],
  ["lower", { of: "text", minArguments: 0, maxArguments: 0, gives: "text" }],
  ["upper", { of: "text", minArguments: 0, maxArguments: 0, gives: "text" }],
  ["startswith", { of: "text", minArguments: 1, maxArguments: 1, gives: "truth" }],
  ["endswith", { of: "text", minArguments: 1, maxArguments: 1, gives: "truth" }],
] as const satisfies [string, Method][]);
