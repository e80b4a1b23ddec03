import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RuleHealth } from "@sightline/proto/sightline/alert/v1/rule_service";
import { PACKS } from "@sightline/rules/packs/packs";
import { fails } from "../testing/calls.ts";
import { NOON_MS, plain, startRuleService } from "./testing/world.ts";

let world: Awaited<ReturnType<typeof startRuleService>>;
before(async () => {
  world = await startRuleService();
});
after(() => world[Symbol.asyncDispose]());

const rules = (count: number) =>
  `groups: [{ name: g, rules: [${Array.from({ length: count }, (_, at) => `{ record: r${at}, expr: x }`).join(", ")}] }]`;

describe("rule files", () => {
  test("are kept as they were written, every version with who put it", async () => {
    const of = world.newTenant();
    const first = await world.put(of, "team/nodes", plain);
    assert.partialDeepStrictEqual(first, { groups: 1, rules: 2, problems: [], unchanged: false });
    world.clock.advance(1000);
    const second = await world.put(of, "team/nodes", plain.replace("5m", "10m"), { userId: "bob" });
    assert.equal((await world.read(of, "team/nodes")).source, plain.replace("5m", "10m"));
    const { info, source } = await world.read(of, "team/nodes", first.info?.version);
    assert.equal(source, plain);
    const bytes = Buffer.byteLength(plain);
    const about = { author: "ada", createdAtUnixMs: BigInt(NOON_MS), groups: 1, rules: 2, bytes, deleted: false };
    assert.partialDeepStrictEqual(info, about);
    const { versions } = await world.client.call("listRuleFileVersions", { name: "team/nodes" }, of);
    assert.deepEqual(
      versions.map(({ version, author }) => [version, author]),
      [
        [second.info?.version, "bob"],
        [first.info?.version, "ada"],
      ],
    );
  });

  test("all packs that are shipped are taken as they are, and are copies that may be changed", async () => {
    const of = world.newTenant();
    const [pack = assert.fail("no pack")] = PACKS;
    const enable = (replace: boolean) =>
      world.client.call("enableRulePack", { name: pack.name, userId: "ada", replace }, of);
    assert.equal((await enable(false)).outcome?.info?.name, `pack:${pack.name}`);
    assert.equal((await enable(false)).outcome?.unchanged, true);
    await world.put(of, `pack:${pack.name}`, `${pack.rules}\n# With a threshold of our own.\n`);
    await fails(enable(false), "failed_precondition", /changed copy/);
    const { packs } = await world.client.call("listRulePacks", {}, of);
    assert.deepEqual(
      packs.map(({ name, enabled, changed }) => [name, enabled, changed]),
      PACKS.map(({ name }) => [name, name === pack.name, name === pack.name]),
    );
    assert.equal((await enable(true)).outcome?.unchanged, false);
    for (const { name, rules: source } of PACKS) {
      assert.deepEqual((await world.put(of, `pack:${name}`, source, { onlyCheck: true })).problems, [], name);
    }
    await fails(
      world.client.call("enableRulePack", { name: "none", userId: "ada", replace: false }, of),
      "not_found",
      /want one of/,
    );
  });

  test("one that is wrong is refused as a whole, with each rule and its place", async () => {
    const of = world.newTenant();
    await world.put(of, "a", plain);
    const changed = world.changes();
    const wrong = `${plain}      - alert: Odd\n        expr: sum(\n      - record: b{ad\n        expr: up\n`;
    for (const onlyCheck of [true, false]) {
      const { problems, info } = await world.put(of, "a", wrong, { onlyCheck });
      assert.equal(info, undefined);
      assert.deepEqual(
        problems.map(({ line }) => line),
        [16, 17],
      );
      assert.match(problems[0]?.message ?? "", /^group "nodes", rule 3, "Odd": could not parse expression/);
      assert.match(problems[1]?.message ?? "", /^group "nodes", rule 4, "b\{ad": braces/);
    }
    assert.equal((await world.read(of, "a")).source, plain);
    assert.equal(world.changes(), changed);
    assert.match((await world.put(of, "a", "groups: [\u0000]")).problems[0]?.message ?? "", /U\+0000/);
  });

  test("of two changes of the same version one is refused, and hears who was first", async () => {
    const of = world.newTenant();
    const made = await world.put(of, "a", plain, { expectedVersion: 0n });
    const expectedVersion = made.info?.version ?? 0n;
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((at) => world.put(of, "a", rules(at), { expectedVersion, userId: `user-${at}` })),
    );
    const kept = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.info] : []));
    assert.equal(kept.length, 1);
    const said = new RegExp(
      `got version ${expectedVersion} to change, but it is version ${kept[0]?.version}, put by ${kept[0]?.author}`,
    );
    for (const result of results) if (result.status === "rejected") assert.match(String(result.reason), said);
    await fails(world.put(of, "a", plain, { expectedVersion: 0n }), "failed_precondition", /got a new file to change/);
    await fails(world.put(of, "b", plain, { expectedVersion: 7n }), "failed_precondition", /but it is not there/);
  });

  test("changes without an expected version come one after the other", async () => {
    const of = world.newTenant();
    await Promise.all(Array.from({ length: 10 }, (_, at) => world.put(of, "a", rules(at + 1))));
    const { versions } = await world.client.call("listRuleFileVersions", { name: "a" }, of);
    assert.deepEqual(
      versions.map(({ version }) => version),
      [10n, 9n, 8n],
    );
  });

  test("what is put again as it is changes nothing", async () => {
    const of = world.newTenant();
    const first = await world.put(of, "a", plain);
    const changed = world.changes();
    const again = await world.put(of, "a", plain, { userId: "bob" });
    assert.deepEqual([again.unchanged, again.info, again.rules], [true, first.info, 2]);
    assert.equal(world.changes(), changed);
  });

  test("are deleted and put again, and no version comes twice", async () => {
    const of = world.newTenant();
    const remove = (name: string, expectedVersion?: bigint) =>
      world.client.call("deleteRuleFile", { name, userId: "ada", expectedVersion }, of);
    const first = await world.put(of, "a", plain);
    await fails(remove("a", 99n), "failed_precondition", /but it is version 1, put by ada/);
    await remove("a", first.info?.version);
    assert.deepEqual(await world.listed(of), []);
    await fails(remove("a"), "not_found");
    await fails(world.read(of, "a"), "not_found");
    assert.equal((await world.read(of, "a", first.info?.version)).source, plain);
    assert.equal((await world.put(of, "a", plain)).info?.version, 3n);
    for (const name of ["b", "c", "d"]) {
      await world.put(of, name, plain);
      await remove(name);
    }
    await fails(world.client.call("listRuleFileVersions", { name: "b" }, of), "not_found");
    assert.equal((await world.client.call("listRuleFileVersions", { name: "d" }, of)).versions[0]?.deleted, true);
  });

  test("are bounded for each tenant, and it is said how", async () => {
    const of = world.newTenant();
    await world.put(of, "a", rules(150));
    await fails(
      world.put(of, "b", rules(51)),
      "resource_exhausted",
      /got 51 rules in it, 201 with all other files, want at most 200/,
    );
    await world.put(of, "a", rules(149));
    await world.put(of, "b", rules(51));
    await world.put(of, "c", "groups: []");
    await fails(world.put(of, "d", "groups: []"), "resource_exhausted", /got 3 files already, want at most 3/);
    await fails(world.put(of, "a", " ".repeat(20_001)), "invalid_argument", /got 20001 bytes, want at most 20000/);
    await fails(world.put(of, "../a", plain), "invalid_argument", /want a path of names/);
    await fails(world.put(of, "a", plain, { userId: "" }), "invalid_argument", /user_id/);
  });

  test("belong to their tenant", async () => {
    const [of, other] = [world.newTenant(), world.newTenant()];
    const { info } = await world.put(of, "a", plain);
    await world.put(other, "b", rules(1));
    assert.deepEqual([await world.listed(of), await world.listed(other)], [["a"], ["b"]]);
    await fails(world.read(other, "a"), "not_found");
    await fails(world.read(other, "a", info?.version), "not_found");
    await fails(
      world.client.call("deleteRuleFile", { name: "a", userId: "eve", expectedVersion: undefined }, other),
      "not_found",
    );
    assert.deepEqual(
      (await world.groupsOf(other)).groups.map(({ file }) => file),
      ["b"],
    );
  });

  test("one that another version took and this one cannot read is shown as failing", async () => {
    const of = world.newTenant();
    await world.put(of, "a", plain);
    await world.sql.execute("UPDATE rule_files SET source = source || 'newer: true' WHERE tenant = $1", [of.tenant]);
    const [rule] = (await world.groupsOf(of)).groups.flatMap((group) => group.rules);
    assert.deepEqual([rule?.health, rule?.lastError.includes("newer")], [RuleHealth.ERROR, true]);
  });

  test("one group is changed, and the rest stays as it is written", async () => {
    const of = world.newTenant();
    await world.put(of, "a", plain);
    const putGroup = (source: string) => world.client.call("putRuleGroup", { file: "a", source, userId: "ada" }, of);
    await putGroup("name: more\nrules:\n  - record: r\n    expr: x\n");
    assert.equal(
      (await world.read(of, "a")).source,
      `${plain}  - name: more\n    rules:\n      - record: r\n        expr: x\n`,
    );
    const { outcome } = await putGroup("name: more\nrules: [{ record: r }]\n");
    assert.match(outcome?.problems[0]?.message ?? "", /field 'expr' must be set/);
    const remove = (group: string) => world.client.call("deleteRuleGroup", { file: "a", group, userId: "ada" }, of);
    await remove("more");
    assert.equal((await world.read(of, "a")).source, plain);
    await fails(remove("more"), "not_found");
    await remove("nodes");
    assert.deepEqual(await world.listed(of), []);
  });
});
