import type { Config } from "../config.ts";

/** All that a configuration says, with its secrets: two of the same meaning have the same. */
export function revealed({ written }: Config): unknown {
  return plain(written);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  // What is made of a text is the same where the text is, which is there too.
  if (typeof value === "function") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if ("reveal" in value && typeof value.reveal === "function") return { secret: value.reveal() };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
