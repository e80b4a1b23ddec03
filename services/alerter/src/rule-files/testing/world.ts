import assert from "node:assert/strict";
import { createPool } from "@sightline/postgres/pool";
import {
  ListRuleGroupsRequest,
  PutRuleFileRequest,
  type RuleGroupState,
  RuleServiceClient,
} from "@sightline/proto/sightline/alert/v1/rule_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { createRuleCatalog } from "../../rule-groups/rule-catalog.ts";
import { createGroupCalls } from "../group-calls.ts";
import { createGroupsInForce } from "../groups-in-force.ts";
import { createRuleFileCalls } from "../rule-file-calls.ts";
import { addRuleService } from "../rule-service.ts";

const internalToken = "the-internal-token";
/** When it is while nothing is done about it. */
export const NOON_MS = Date.parse("2026-11-21T12:00:00Z");
/** What a tenant may have. */
const bounds = { maxFiles: 3, maxFileBytes: 20_000, maxRules: 200, keep: { versions: 3, deletedFiles: 2 } };

/** A file with a rule of each type. */
export const plain = `# As Prometheus has it.
groups:
  - name: nodes
    interval: 30s
    labels: { team: ops }
    rules:
      - record: job:up:sum
        expr: sum by(job) (up)
      - alert: Down
        expr: up   ==   0
        for: 5m
        keep_firing_for: 1m
        labels: { severity: page }
        annotations: { summary: "{{ $labels.instance }} is down" }
`;

/** Whose call it is. */
export interface Of {
  readonly tenant: string;
  readonly deadlineMs: number;
}

/** The service of rule files with a database of its own, and how tests ask it. */
export async function startRuleService() {
  const opened = new AsyncDisposableStack();
  const postgres = opened.use(await testDatabase());
  const sql = createPool({ url: postgres.url, maxConnections: 8 }, { log: quietLog });
  opened.defer(() => sql.close());
  const clock = testClock(NOON_MS);
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const defaults = { defaultIntervalMs: 15_000, defaultQueryOffsetMs: 0, maxSeries: 100 };
  const catalog = createRuleCatalog({ sql, ...defaults, log: quietLog });
  const files = createGroupsInForce({ catalog, refresh: async () => void (await catalog.refresh()) });
  const fail = () => assert.fail("a state cannot be read");
  let changes = 0;
  addRuleService(server, {
    internalToken,
    files: createRuleFileCalls({ sql, clock, bounds, onChanged: () => (changes += 1) }),
    groups: createGroupCalls({ sql, clock, files, usualIntervalMs: 15_000, onUnreadable: fail }),
  });
  opened.defer(() => server.close(1000));
  const client = createClient(RuleServiceClient, `127.0.0.1:${await server.listen()}`, { internalToken });
  opened.defer(() => client.close());
  let tenants = 0;
  return {
    sql,
    clock,
    client,
    /** How often it was told that files changed. */
    changes: () => changes,
    /** A tenant that nobody else has, at noon. */
    newTenant(): Of {
      clock.set(NOON_MS);
      tenants += 1;
      return { tenant: `tenant-${tenants}`, deadlineMs: 30_000 };
    },
    async put(of: Of, name: string, source: string, given: Partial<PutRuleFileRequest> = {}) {
      const request = PutRuleFileRequest.fromPartial({ name, source, userId: "ada", ...given });
      const { outcome } = await client.call("putRuleFile", request, of);
      return outcome ?? assert.fail("no outcome");
    },
    async groupsOf(of: Of, given: Partial<ListRuleGroupsRequest> = {}) {
      const request = { ...ListRuleGroupsRequest.fromPartial({}), ...given };
      const groups: RuleGroupState[] = [];
      let next = "";
      for await (const message of client.stream("listRuleGroups", request, of)) {
        groups.push(...message.groups);
        next = message.nextGroup;
      }
      return { groups, next };
    },
    listed: async (of: Of) => (await client.call("listRuleFiles", {}, of)).files.map(({ name }) => name),
    read: (of: Of, name: string, version = 0n) => client.call("getRuleFile", { name, version }, of),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
