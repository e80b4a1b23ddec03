import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ListRuleGroupsRequest, RuleHealth, RuleType } from "@sightline/proto/sightline/alert/v1/rule_service";
import { planGroup } from "@sightline/rules/evaluate/plan";
import type { GroupState } from "@sightline/rules/evaluate/state";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { fails } from "../testing/calls.ts";
import { NOON_MS, type Of, plain, startRuleService } from "./testing/world.ts";

let world: Awaited<ReturnType<typeof startRuleService>>;
before(async () => {
  world = await startRuleService();
});
after(() => world[Symbol.asyncDispose]());

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
    await world.sql.execute(
      "INSERT INTO rule_group_states (tenant, file, group_name, state, evaluated_at) VALUES ($1, $2, $3, $4, $5)",
      [of.tenant, file, group.name, JSON.stringify(state), new Date(NOON_MS)],
    );
  }

  test("say how their rules fare, and what fires", async () => {
    const of = world.newTenant();
    await world.put(of, "a", plain);
    const unknown = (await world.groupsOf(of)).groups[0];
    assert.deepEqual([unknown?.evaluatedAtUnixMs, unknown?.rules[1]?.health], [0n, RuleHealth.UNKNOWN]);
    await evaluated(of, "a", plain);
    const [group = assert.fail("no group")] = (await world.groupsOf(of)).groups;
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
    await world.put(of, "a", plain.replace("Down", "Gone"));
    assert.equal((await world.groupsOf(of)).groups[0]?.rules[1]?.health, RuleHealth.UNKNOWN);
  });

  test("are chosen by file, group, rule, type and labels, and come page by page", async () => {
    const of = world.newTenant();
    await world.put(
      of,
      "b",
      "groups: [{ name: z, rules: [{ record: r, expr: x, labels: { a: b } }] }, { name: a, rules: [{ alert: A, expr: x }] }]",
    );
    await world.put(of, "a", plain);
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
      const { groups } = await world.groupsOf(of, given);
      assert.deepEqual(
        groups.map(({ file, name }) => `${file}/${name}`),
        want,
        JSON.stringify(given),
      );
    }
    const first = await world.groupsOf(of, { limit: 2 });
    assert.equal(first.groups.length, 2);
    const second = await world.groupsOf(of, { limit: 2, nextGroup: first.next });
    assert.deepEqual([second.groups.map(({ name }) => name), second.next], [["z"], ""]);
    await fails(world.groupsOf(of, { limit: 2, nextGroup: "gone" }), "invalid_argument", /were rule groups changed/);
    await fails(world.groupsOf(of, { selectors: ["1 + 1"] }), "invalid_argument", /want one of series/);
  });
});
