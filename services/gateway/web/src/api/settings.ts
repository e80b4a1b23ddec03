import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import { apiKeyListSchema, createdKeySchema, type Target, targetListSchema } from "./setting-types.ts";
import { anySchema } from "./types.ts";

export const targetsKey = ["targets"] as const;
export const keysKey = ["keys"] as const;

/** All targets of the collector, by name, with what the last visit found. */
export const targetsQuery = queryOptions({
  queryKey: targetsKey,
  queryFn: async ({ signal }) => (await call(targetListSchema, "/v1/targets", { signal })).targets,
  refetchInterval: 10_000,
});

/** What a person says of a target; the rest is found out. */
export type TargetInput = Pick<Target, "name" | "kind" | "address" | "intervalMs" | "timeoutMs" | "labels">;

/** Creates or replaces a target. */
export async function saveTarget({ name, ...body }: TargetInput): Promise<void> {
  await call(anySchema, `/v1/targets/${encodeURIComponent(name)}`, { method: "PUT", body });
}

/** Stops visiting a target. */
export async function deleteTarget(name: string): Promise<void> {
  await call(anySchema, `/v1/targets/${encodeURIComponent(name)}`, { method: "DELETE" });
}

/** All API keys of the tenant; of the keys themselves only the beginning is known. */
export const keysQuery = queryOptions({
  queryKey: keysKey,
  queryFn: async ({ signal }) => (await call(apiKeyListSchema, "/v1/keys", { signal })).keys,
});

/** Makes a key; the answer is the only place where it can be read. */
export async function createKey(name: string, scopes: readonly string[]): Promise<string> {
  return (await call(createdKeySchema, "/v1/keys", { method: "POST", body: { name, scopes } })).key;
}

/** Makes a key useless at once. */
export async function revokeKey(keyId: string): Promise<void> {
  await call(anySchema, `/v1/keys/${encodeURIComponent(keyId)}`, { method: "DELETE" });
}
