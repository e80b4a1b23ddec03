/** What the gateway answers about targets and API keys; see types.ts. */
import * as z from "zod/mini";
import { count, flag, list, moment, text, textMap } from "./fields.ts";

export const targetSchema = z.object({
  name: z.string(),
  kind: z.catch(z.enum(["http", "tcp", "scrape"]), "http"),
  address: text,
  intervalMs: count,
  timeoutMs: count,
  labels: textMap,
  readOnly: flag,
  status: z.optional(
    z.object({
      health: z.catch(z.enum(["up", "down", "unknown"]), "unknown"),
      lastVisit: moment,
      lastDurationMs: count,
      lastError: text,
      since: moment,
    }),
  ),
});
export type Target = z.infer<typeof targetSchema>;
export const targetListSchema = z.object({ targets: list(targetSchema) });

export const apiKeySchema = z.object({
  keyId: z.string(),
  name: text,
  prefix: text,
  scopes: list(z.string()),
  created: moment,
  lastUsed: moment,
  revoked: moment,
});
export type ApiKey = z.infer<typeof apiKeySchema>;
export const apiKeyListSchema = z.object({ keys: list(apiKeySchema) });
/** The one answer that holds the key itself. */
export const createdKeySchema = z.object({ key: z.string() });
