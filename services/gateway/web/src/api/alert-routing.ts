import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { ApiError } from "./api-error.ts";
import { call } from "./client.ts";
import { count, flag, list, moment, text } from "./fields.ts";
import { problemsOf, type SourceProblem } from "./source-problem.ts";
import { anySchema } from "./types.ts";

export const routingKey = ["alert-routing"] as const;

const configurationSchema = z.object({ version: count, source: text, author: text, created: moment });
export type RoutingConfiguration = z.infer<typeof configurationSchema>;

/** The configuration of routes and receivers that is in force as it was put, secrets hidden. */
export const configurationQuery = queryOptions({
  queryKey: [...routingKey, "configuration"],
  queryFn: ({ signal }) => call(configurationSchema, "/v1/alert-routing", { signal }),
});

const nodeSchema = z.object({
  id: z.string(),
  parent: text,
  depth: count,
  matchers: list(z.string()),
  receiver: text,
  groupBy: list(z.string()),
  groupByAll: flag,
  groupWaitMs: count,
  groupIntervalMs: count,
  repeatIntervalMs: count,
  continue: flag,
  muteTimeIntervals: list(z.string()),
  activeTimeIntervals: list(z.string()),
  groups: count,
  alerts: count,
});
export type RouteNode = z.infer<typeof nodeSchema>;

const treeSchema = z.object({
  version: count,
  nodes: list(nodeSchema),
  receivers: list(z.object({ name: z.string(), integrations: list(z.string()) })),
});
export type RouteTree = z.infer<typeof treeSchema>;

/** The tree of routes that is in force, with what is in it now. */
export const routeTreeQuery = queryOptions({
  queryKey: [...routingKey, "tree"],
  queryFn: ({ signal }) => call(treeSchema, "/v1/alert-routing/tree", { signal }),
  refetchInterval: 30_000,
});

const matchSchema = z.object({
  sentence: text,
  routes: list(
    z.object({
      receiver: text,
      integrations: list(z.string()),
      groupKey: text,
      mutedBy: list(z.string()),
      outsideActiveTimes: flag,
      groupExists: flag,
      due: moment,
    }),
  ),
  verdicts: list(z.object({ id: z.string(), verdict: text, matcher: text, sentence: text })),
  inhibitions: list(z.object({ rule: text, sourceMatchers: list(z.string()), sourceFingerprint: text })),
  silences: list(z.object({ silenceId: z.string(), state: text, comment: text, createdBy: text })),
  maintenanceBy: list(z.string()),
});
const matchListSchema = z.object({ alerts: list(matchSchema) });
export type RoutingMatch = z.infer<typeof matchSchema>;

/** What would become of an alert with these labels. */
export function routingMatchQuery(labels: Readonly<Record<string, string>>) {
  return queryOptions({
    queryKey: [...routingKey, "match", labels],
    queryFn: async ({ signal }): Promise<RoutingMatch | null> => {
      const body = { labels: [labels] };
      const { alerts } = await call(matchListSchema, "/v1/alert-routing/match", { method: "POST", body, signal });
      return alerts[0] ?? null;
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Says what is wrong with a configuration; nothing when it could be put in force. Hidden secrets are those that are in force. */
export function configurationCheckQuery(source: string) {
  return queryOptions({
    queryKey: [...routingKey, "check", source],
    queryFn: async ({ signal }): Promise<readonly SourceProblem[]> => {
      try {
        const body = { source, onlyCheck: true };
        await call(anySchema, "/v1/alert-routing", { method: "PUT", body, signal });
        return [];
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 400) return problemsOf(thrown.message);
        throw thrown;
      }
    },
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 60_000,
  });
}

/**
 * Puts a configuration in force, as a whole or not at all: secrets that are hidden in it and its template files stay as they are. Refused
 * when another version than the expected one is in force.
 */
export async function putConfiguration(source: string, expectedVersion: number): Promise<void> {
  await call(anySchema, "/v1/alert-routing", { method: "PUT", body: { source, expectedVersion } });
}

const testSchema = z.object({
  integrations: list(z.object({ integration: text, delivered: flag, sentence: text, remarks: list(z.string()) })),
});
export type ReceiverTest = z.infer<typeof testSchema>;

/** Tells each integration of a receiver that this is a test. */
export function testReceiver(name: string): Promise<ReceiverTest> {
  const path = `/v1/alert-routing/receivers/${encodeURIComponent(name)}/test`;
  return call(testSchema, path, { method: "POST", body: {}, timeoutMs: 90_000 });
}
