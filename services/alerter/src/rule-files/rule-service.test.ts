import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import {
  ListRuleGroupsRequest,
  PutRuleFileRequest,
  type RuleGroupState,
  RuleHealth,
  RuleServiceClient,
  RuleType,
} from "@sightline/proto/sightline/alert/v1/rule_service";
import { createClient } from "@sightline/rpc/client";
import { createGrpcServer } from "@sightline/rpc/server";
import { planGroup } from "@sightline/rules/evaluate/plan";
import type { GroupState } from "@sightline/rules/evaluate/state";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { PACKS } from "@sightline/rules/packs/packs";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { testDatabase } from "@sightline/testkit/test-database";
import { fails } from "../testing/calls.ts";
import { createGroupCalls } from "./group-calls.ts";
import { createParsedFiles } from "./parsed-files.ts";
import { createRuleFileCalls } from "./rule-file-calls.ts";
import { addRuleService } from "./rule-service.ts";

const internalToken = "the-internal-token";
const NOON_MS = Date.parse("2026-11-21T12:00:00Z");
const bounds = { maxFiles: 3, maxFileBytes: 20_000, maxRules: 200, keep: { versions: 3, deletedFiles: 2 } };

const clock = testClock(NOON_MS);
const opened = new AsyncDisposableStack();
let sql: Pool;
let client: ReturnType<typeof connect>;
let tenants = 0;
let changes = 0;

function connect(port: number) {
  return createClient(RuleServiceClient, `127.0.0.1:${port}`, { internalToken });
}

before(async () => {
  const postgres = opened.use(await testDatabase());
  sql = createPool({ url: postgres.url, maxConnections: 8 }, { log: quietLog });
  opened.defer(() => sql.close());
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const files = createParsedFiles({ sql, maxRememberedBytes: 100_000 });
  const fail = () => assert.fail("a state cannot be read");
  addRuleService(server, {
    internalToken,
    files: createRuleFileCalls({ sql, clock, bounds, onChanged: () => (changes += 1) }),
    groups: createGroupCalls({ sql, clock, files, usualIntervalMs: 15_000, onUnreadable: fail }),
  });
  opened.defer(() => server.close(1000));
  client = connect(await server.listen());
  opened.defer(() => client.close());
});
after(() => opened.disposeAsync());

/** A tenant that nobody else has. */
function newTenant() {
  clock.set(NOON_MS);
  tenants += 1;
  return { tenant: `tenant-${tenants}`, deadlineMs: 30_000 };
}
type Of = ReturnType<typeof newTenant>;

const plain = `# As Prometheus has it.
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

const rules = (count: number) =>
  `groups: [{ name: g, rules: [${Array.from({ length: count }, (_, at) => `{ record: r${at}, expr: x }`).join(", ")}] }]`;

async function put(of: Of, name: string, source: string, given: Partial<PutRuleFileRequest> = {}) {
  const request = PutRuleFileRequest.fromPartial({ name, source, userId: "ada", ...given });
  const { outcome } = await client.call("putRuleFile", request, of);
  return outcome ?? assert.fail("no outcome");
}

async function groupsOf(of: Of, given: Partial<ListRuleGroupsRequest> = {}) {
  const request = { ...ListRuleGroupsRequest.fromPartial({}), ...given };
  const groups: RuleGroupState[] = [];
  let next = "";
  for await (const message of client.stream("listRuleGroups", request, of)) {
    groups.push(...message.groups);
    next = message.nextGroup;
  }
  return { groups, next };
}

const listed = async (of: Of) => (await client.call("listRuleFiles", {}, of)).files.map(({ name }) => name);
const read = (of: Of, name: string, version = 0n) => client.call("getRuleFile", { name, version }, of);

describe("rule files", () => {
  test("are kept as they were written, every version with who put it", async () => {
    const of = newTenant();
    const first = await put(of, "team/nodes", plain);
    assert.partialDeepStrictEqual(first, { groups: 1, rules: 2, problems: [], unchanged: false });
    clock.advance(1000);
    const second = await put(of, "team/nodes", plain.replace("5m", "10m"), { userId: "bob" });
    assert.equal((await read(of, "team/nodes")).source, plain.replace("5m", "10m"));
    const { info, source } = await read(of, "team/nodes", first.info?.version);
    assert.equal(source, plain);
    const bytes = Buffer.byteLength(plain);
    const about = { author: "ada", createdAtUnixMs: BigInt(NOON_MS), groups: 1, rules: 2, bytes, deleted: false };
    assert.partialDeepStrictEqual(info, about);
    const { versions } = await client.call("listRuleFileVersions", { name: "team/nodes" }, of);
    assert.deepEqual(
      versions.map(({ version, author }) => [version, author]),
      [
        [second.info?.version, "bob"],
        [first.info?.version, "ada"],
      ],
    );
  });

  test("all packs that are shipped are taken as they are, and are copies that may be changed", async () => {
    const of = newTenant();
    const [pack = assert.fail("no pack")] = PACKS;
    const enable = (replace: boolean) => client.call("enableRulePack", { name: pack.name, userId: "ada", replace }, of);
    assert.equal((await enable(false)).outcome?.info?.name, `pack:${pack.name}`);
    assert.equal((await enable(false)).outcome?.unchanged, true);
    await put(of, `pack:${pack.name}`, `${pack.rules}\n# With a threshold of our own.\n`);
    await fails(enable(false), "failed_precondition", /changed copy/);
    const { packs } = await client.call("listRulePacks", {}, of);
    assert.deepEqual(
      packs.map(({ name, enabled, changed }) => [name, enabled, changed]),
      PACKS.map(({ name }) => [name, name === pack.name, name === pack.name]),
    );
    assert.equal((await enable(true)).outcome?.unchanged, false);
    for (const { name, rules: source } of PACKS) {
      assert.deepEqual((await put(of, `pack:${name}`, source, { onlyCheck: true })).problems, [], name);
    }
    await fails(
      client.call("enableRulePack", { name: "none", userId: "ada", replace: false }, of),
      "not_found",
      /want one of/,
    );
  });

  test("one that is wrong is refused as a whole, with each rule and its place", async () => {
    const of = newTenant();
    await put(of, "a", plain);
    const changed = changes;
    const wrong = `${plain}      - alert: Odd\n        expr: sum(\n      - record: b{ad\n        expr: up\n`;
    for (const onlyCheck of [true, false]) {
      const { problems, info } = await put(of, "a", wrong, { onlyCheck });
      assert.equal(info, undefined);
      assert.deepEqual(
        problems.map(({ line }) => line),
        [16, 17],
      );
      assert.match(problems[0]?.message ?? "", /^group "nodes", rule 3, "Odd": could not parse expression/);
      assert.match(problems[1]?.message ?? "", /^group "nodes", rule 4, "b\{ad": braces/);
    }
    assert.equal((await read(of, "a")).source, plain);
    assert.equal(changes, changed);
    assert.match((await put(of, "a", "groups: [\u0000]")).problems[0]?.message ?? "", /U\+0000/);
  });

  test("of two changes of the same version one is refused, and hears who was first", async () => {
    const of = newTenant();
    const made = await put(of, "a", plain, { expectedVersion: 0n });
    const expectedVersion = made.info?.version ?? 0n;
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((at) => put(of, "a", rules(at), { expectedVersion, userId: `user-${at}` })),
    );
    const kept = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.info] : []));
    assert.equal(kept.length, 1);
    const said = new RegExp(
      `got version ${expectedVersion} to change, but it is version ${kept[0]?.version}, put by ${kept[0]?.author}`,
    );
    for (const result of results) if (result.status === "rejected") assert.match(String(result.reason), said);
    await fails(put(of, "a", plain, { expectedVersion: 0n }), "failed_precondition", /got a new file to change/);
    await fails(put(of, "b", plain, { expectedVersion: 7n }), "failed_precondition", /but it is not there/);
  });

  test("changes without an expected version come one after the other", async () => {
    const of = newTenant();
    await Promise.all(Array.from({ length: 10 }, (_, at) => put(of, "a", rules(at + 1))));
    const { versions } = await client.call("listRuleFileVersions", { name: "a" }, of);
    assert.deepEqual(
      versions.map(({ version }) => version),
      [10n, 9n, 8n],
    );
  });

  test("what is put again as it is changes nothing", async () => {
    const of = newTenant();
    const first = await put(of, "a", plain);
    const changed = changes;
    const again = await put(of, "a", plain, { userId: "bob" });
    assert.deepEqual([again.unchanged, again.info, again.rules], [true, first.info, 2]);
    assert.equal(changes, changed);
  });

  test("are deleted and put again, and no version comes twice", async () => {
    const of = newTenant();
    const remove = (name: string, expectedVersion?: bigint) =>
      client.call("deleteRuleFile", { name, userId: "ada", expectedVersion }, of);
    const first = await put(of, "a", plain);
    await fails(remove("a", 99n), "failed_precondition", /but it is version 1, put by ada/);
    await remove("a", first.info?.version);
    assert.deepEqual(await listed(of), []);
    await fails(remove("a"), "not_found");
    await fails(read(of, "a"), "not_found");
    assert.equal((await read(of, "a", first.info?.version)).source, plain);
    assert.equal((await put(of, "a", plain)).info?.version, 3n);
    for (const name of ["b", "c", "d"]) {
      await put(of, name, plain);
      await remove(name);
    }
    await fails(client.call("listRuleFileVersions", { name: "b" }, of), "not_found");
    assert.equal((await client.call("listRuleFileVersions", { name: "d" }, of)).versions[0]?.deleted, true);
  });

  test("are bounded for each tenant, and it is said how", async () => {
    const of = newTenant();
    await put(of, "a", rules(150));
    await fails(
      put(of, "b", rules(51)),
      "resource_exhausted",
      /got 51 rules in it, 201 with all other files, want at most 200/,
    );
    await put(of, "a", rules(149));
    await put(of, "b", rules(51));
    await put(of, "c", "groups: []");
    await fails(put(of, "d", "groups: []"), "resource_exhausted", /got 3 files already, want at most 3/);
    await fails(put(of, "a", " ".repeat(20_001)), "invalid_argument", /got 20001 bytes, want at most 20000/);
    await fails(put(of, "../a", plain), "invalid_argument", /want a path of names/);
    await fails(put(of, "a", plain, { userId: "" }), "invalid_argument", /user_id/);
  });

  test("belong to their tenant", async () => {
    const [of, other] = [newTenant(), newTenant()];
    const { info } = await put(of, "a", plain);
    await put(other, "b", rules(1));
    assert.deepEqual([await listed(of), await listed(other)], [["a"], ["b"]]);
    await fails(read(other, "a"), "not_found");
    await fails(read(other, "a", info?.version), "not_found");
    await fails(
      client.call("deleteRuleFile", { name: "a", userId: "eve", expectedVersion: undefined }, other),
      "not_found",
    );
    assert.deepEqual(
      (await groupsOf(other)).groups.map(({ file }) => file),
      ["b"],
    );
  });

  test("one that another version took and this one cannot read is shown as failing", async () => {
    const of = newTenant();
    await put(of, "a", plain);
    await sql.execute("UPDATE rule_files SET source = source || 'newer: true' WHERE tenant = $1", [of.tenant]);
    const [rule] = (await groupsOf(of)).groups.flatMap((group) => group.rules);
    assert.deepEqual([rule?.health, rule?.lastError.includes("newer")], [RuleHealth.ERROR, true]);
  });

  test("one group is changed, and the rest stays as it is written", async () => {
    const of = newTenant();
    await put(of, "a", plain);
    const putGroup = (source: string) => client.call("putRuleGroup", { file: "a", source, userId: "ada" }, of);
    await putGroup("name: more\nrules:\n  - record: r\n    expr: x\n");
    assert.equal(
      (await read(of, "a")).source,
      `${plain}  - name: more\n    rules:\n      - record: r\n        expr: x\n`,
    );
    const { outcome } = await putGroup("name: more\nrules: [{ record: r }]\n");
    assert.match(outcome?.problems[0]?.message ?? "", /field 'expr' must be set/);
    const remove = (group: string) => client.call("deleteRuleGroup", { file: "a", group, userId: "ada" }, of);
    await remove("more");
    assert.equal((await read(of, "a")).source, plain);
    await fails(remove("more"), "not_found");
    await remove("nodes");
    assert.deepEqual(await listed(of), []);
  });
});

describe("groups of rules", () => {
  const labels = { alertname: "Down", instance: "a", severity: "page", team: "ops" };
  const instance = {
    key: "k",
    kind: "condition",
    labels,
    annotations: { summary: "a is down" },
    activeAtMs: NOON_MS,
  } as const;

  /** As who evaluates leaves it. */
  async function evaluated(of: Of, file: string, source: string): Promise<void> {
    const [group = assert.fail("no group")] = parseRuleFile(source).file.groups;
    const [recording, alerting] = planGroup(group).rules;
    const ran = { lastEvaluatedAtMs: NOON_MS, lastDurationMs: 3 };
    const state: GroupState = {
      ...ran,
      lastDurationMs: 7,
      rules: [
        { id: recording?.id ?? "", health: "err", lastError: "too many", ...ran, instances: [] },
        {
          id: alerting?.id ?? "",
          health: "ok",
          ...ran,
          instances: [
            { ...instance, state: "firing", value: 0, firedAtMs: NOON_MS + 1 },
            { ...instance, key: "l", state: "pending", value: "NaN" },
            { ...instance, key: "m", state: "inactive", value: 0 },
          ],
        },
      ],
    };
    await sql.execute(
      "INSERT INTO rule_group_states (tenant, file, group_name, state, evaluated_at) VALUES ($1, $2, $3, $4, $5)",
      [of.tenant, file, group.name, JSON.stringify(state), new Date(NOON_MS)],
    );
  }

  test("say how their rules fare, and what fires", async () => {
    const of = newTenant();
    await put(of, "a", plain);
    const unknown = (await groupsOf(of)).groups[0];
    assert.deepEqual([unknown?.evaluatedAtUnixMs, unknown?.rules[1]?.health], [0n, RuleHealth.UNKNOWN]);
    await evaluated(of, "a", plain);
    const [group = assert.fail("no group")] = (await groupsOf(of)).groups;
    assert.partialDeepStrictEqual(group, { file: "a", name: "nodes", intervalMs: 30_000n, durationMs: 7n });
    const [recording, alerting] = group.rules;
    assert.partialDeepStrictEqual(recording, {
      name: "job:up:sum",
      type: RuleType.RECORDING,
      query: "sum by (job) (up)",
      labels: { team: "ops" },
      health: RuleHealth.ERROR,
      lastError: "too many",
    });
    assert.partialDeepStrictEqual(alerting, {
      query: "up == 0",
      kind: "promql",
      forMs: 300_000n,
      keepFiringForMs: 60_000n,
      labels: { team: "ops", severity: "page" },
      annotations: { summary: "{{ $labels.instance }} is down" },
      firing: true,
      pending: true,
    });
    assert.deepEqual(
      alerting?.alerts.map(({ firing, value, labels: own }) => [firing, value, own]),
      [
        [true, 0, labels],
        [false, Number.NaN, labels],
      ],
    );
    // A rule that was changed since was not evaluated yet.
    await put(of, "a", plain.replace("Down", "Gone"));
    assert.equal((await groupsOf(of)).groups[0]?.rules[1]?.health, RuleHealth.UNKNOWN);
  });

  test("are chosen by file, group, rule, type and labels, and come page by page", async () => {
    const of = newTenant();
    await put(
      of,
      "b",
      "groups: [{ name: z, rules: [{ record: r, expr: x, labels: { a: b } }] }, { name: a, rules: [{ alert: A, expr: x }] }]",
    );
    await put(of, "a", plain);
    const cases: readonly (readonly [Partial<ListRuleGroupsRequest>, readonly string[]])[] = [
      [{}, ["a/nodes", "b/a", "b/z"]],
      [{ files: ["b"] }, ["b/a", "b/z"]],
      [{ groups: ["z", "nodes"] }, ["a/nodes", "b/z"]],
      [{ rules: ["A"] }, ["b/a"]],
      [{ type: RuleType.RECORDING }, ["a/nodes", "b/z"]],
      [{ selectors: ['{a="b"}', '{severity=~"pa.*"}'] }, ["a/nodes", "b/z"]],
      [{ files: ["c"] }, []],
    ];
    for (const [given, want] of cases) {
      const { groups } = await groupsOf(of, given);
      assert.deepEqual(
        groups.map(({ file, name }) => `${file}/${name}`),
        want,
        JSON.stringify(given),
      );
    }
    const first = await groupsOf(of, { limit: 2 });
    assert.equal(first.groups.length, 2);
    const second = await groupsOf(of, { limit: 2, nextGroup: first.next });
    assert.deepEqual([second.groups.map(({ name }) => name), second.next], [["z"], ""]);
    await fails(groupsOf(of, { limit: 2, nextGroup: "gone" }), "invalid_argument", /were rule groups changed/);
    await fails(groupsOf(of, { selectors: ["1 + 1"] }), "invalid_argument", /want one of series/);
  });
});
