import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readContents } from "@sightline/clickhouse/contents";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type CountedLoad, startCountedLoad } from "../faults/counted-load.ts";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { assertOnceEach } from "../faults/stored.ts";
import { createRestClient, login } from "./rest-client.ts";
import { type CtlResult, sightlinectl, startSightlinectl } from "./sightlinectl.ts";

const soon = () => AbortSignal.timeout(60_000);
const restored = z.object({ tables: z.array(z.object({ table: z.string(), rows: z.number(), same: z.boolean() })) });

function assertDone({ code, stdout, stderr }: CtlResult): string {
  assert.equal(code, 0, stderr);
  return stdout;
}

async function flowing(load: CountedLoad): Promise<void> {
  const before = load.fewestAcknowledged();
  await eventually(() => load.fewestAcknowledged() > before + 20, { timeoutMs: 60_000 });
}

const loadOn = ({ stack, ingestKey }: FaultStack, mark: string) =>
  startCountedLoad({ addresses: [stack.doors.otlpGrpc], apiKey: ingestKey, mark });

/** Backs up by the command line; answers the backup's directory. */
async function backup({ stack }: FaultStack, ...args: string[]): Promise<string> {
  const stdout = assertDone(await sightlinectl(stack.dir, "backup", "--json", ...args));
  return z.object({ directory: z.string() }).parse(JSON.parse(stdout)).directory;
}

describe("a backup is taken while data flows, and restored", { timeout: 400_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  before(async () => {
    system = opened.use(await startFaultStack());
  });

  test("into an empty stack: with the same rows, users, keys and rules, and data goes on coming in", async () => {
    const { stack } = system;
    const rest = createRestClient(
      stack.doors.page,
      await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword),
    );
    const channel = { console: {} };
    await rest.send("PUT", "/v1/channels/of-the-backup", channel, z.unknown());
    const load = opened.use(loadOn(system, "before"));
    await flowing(load);
    const sent = await load.stop();
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark: "before" });
    const during = opened.use(loadOn(system, "during"));
    await flowing(during);
    const directory = await backup(system, "--hash", "--name", "drill");
    await flowing(during);
    await during.stop();

    // What lies sealed in Postgres needs its key where it is restored.
    const seal = { SIGHTLINE_SEAL_KEY: stack.secrets.sealKey };
    await using empty = await startFaultStack({ settings: { alerter: seal, gateway: seal } });
    const copy = join(empty.stack.dir, "backups", "drill");
    cpSync(directory, copy, { recursive: true });
    const refused = await sightlinectl(empty.stack.dir, "restore", copy);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /will be lost; want --replace/);
    const result = await sightlinectl(empty.stack.dir, "restore", copy, "--replace", "--json");
    const stdout = assertDone(result);
    assert.match(result.stderr, /^restored drill, taken at 20\S+Z by Sightline \d/m);
    const { tables } = restored.parse(JSON.parse(stdout));
    assert.ok(tables.every(({ same }) => same));
    assert.ok(tables.some(({ table, rows }) => table === "otel_logs" && rows > 0));

    await assertOnceEach(sent, { clickhouse: empty.clickhouse, mark: "before" });
    const { page } = empty.stack.doors;
    const asBefore = createRestClient(page, await login(page, stack.adminUser, stack.secrets.adminPassword));
    const { channels } = await asBefore.get(
      "/v1/channels",
      z.object({ channels: z.array(z.object({ name: z.string() })) }),
    );
    assert.ok(channels.some(({ name }) => name === "of-the-backup"));
    const withOldKey = { stack: empty.stack, ingestKey: system.ingestKey };
    await using next = loadOn({ ...empty, ...withOldKey }, "after");
    await flowing(next);
    await assertOnceEach(await next.stop(), { clickhouse: empty.clickhouse, mark: "after" });
  });

  test("beside the same bus: what was stored after the backup is stored from there again, once", async () => {
    const early = opened.use(loadOn(system, "early"));
    await flowing(early);
    const directory = await backup(system, "--name", "same-bus");
    await flowing(early);
    const sent = await early.stop();
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark: "early" });
    const { stderr } = await sightlinectl(system.stack.dir, "restore", directory, "--replace");
    assert.match(stderr, /storage goes on where the backup was taken/);
    await assertOnceEach(sent, { clickhouse: system.clickhouse, mark: "early" });
  });

  test("not when a file of it was changed: then all stays as it is", async () => {
    const directory = await backup(system, "--name", "damaged");
    const path = join(directory, "postgres", "api_keys.copy.zst");
    const content = await readFile(path);
    content[content.length - 5] = (content[content.length - 5] ?? 0) ^ 0xff;
    await writeFile(path, content);
    const { code, stderr } = await sightlinectl(system.stack.dir, "restore", directory, "--replace");
    assert.equal(code, 1);
    assert.match(stderr, /cannot (restore from|trust) .*api_keys\.copy\.zst/);
    await using load = loadOn(system, "untouched");
    await flowing(load);
    await assertOnceEach(await load.stop(), { clickhouse: system.clickhouse, mark: "untouched" });
  });

  test("nor when ClickHouse cannot read its part", async () => {
    const { stack } = system;
    const page = createRestClient(
      stack.doors.page,
      await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword),
    );
    const names = async () => {
      const { channels } = await page.get(
        "/v1/channels",
        z.object({ channels: z.array(z.object({ name: z.string() })) }),
      );
      return channels.map(({ name }) => name).sort();
    };
    const directory = join(stack.dir, "backups", "same-bus");
    await page.send("PUT", "/v1/channels/newer-than-the-backup", { console: {} }, z.unknown());
    const before = await names();
    const elsewhere = `File('${join(stack.dir, "backups", "missing")}')`;
    const args = ["restore", directory, "--replace", "--clickhouse-from", elsewhere];
    const { code, stderr } = await sightlinectl(stack.dir, ...args);
    assert.equal(code, 1);
    assert.match(stderr, /clickhouse says/);
    assert.doesNotMatch(stderr, /run it again/);
    assert.deepEqual(await names(), before);
  });

  test("one that is interrupted leaves nothing behind, and storage goes on at once", async () => {
    const { stack } = system;
    const before = await readdir(join(stack.dir, "backups"));
    await using load = loadOn(system, "interrupted");
    await flowing(load);
    const running = startSightlinectl(stack.dir, "backup", "--name", "interrupted");
    await eventually(() => existsSync(join(stack.dir, "backups", "interrupted")));
    running.interrupt();
    const { code } = await running.result;
    assert.equal(code, 130);
    assert.deepEqual(await readdir(join(stack.dir, "backups")), before);
    await flowing(load);
    await assertOnceEach(await load.stop(), { clickhouse: system.clickhouse, mark: "interrupted" });
  });

  test("one that was killed is shown as unfinished once nobody writes it any more, and can be removed", async () => {
    const { stack } = system;
    const killed = join(stack.dir, "backups", "killed-half-way");
    const mark = join(killed, "unfinished.json");
    const running = startSightlinectl(stack.dir, "backup", "--name", "killed-half-way");
    await eventually(() => existsSync(mark));
    running.kill();
    await running.result;
    const prune = async () => assertDone(await sightlinectl(stack.dir, "backups", "prune", "--unfinished", "--json"));
    const removed = z.object({ removed: z.array(z.object({ directory: z.string() })) });
    assert.match(assertDone(await sightlinectl(stack.dir, "backups")), /being written +- +- .*killed-half-way/);
    assert.deepEqual(removed.parse(JSON.parse(await prune())), { removed: [] });
    const longAgo = Date.now() / 1000 - 3600;
    await utimes(mark, longAgo, longAgo);
    assert.match(assertDone(await sightlinectl(stack.dir, "backups")), /unfinished +- +- .*killed-half-way/);
    assert.deepEqual(removed.parse(JSON.parse(await prune())), { removed: [{ directory: killed }] });
    assert.ok(!existsSync(killed));
  });

  test("a restore that was killed half way can be run again", async () => {
    const { stack, clickhouse } = system;
    const load = opened.use(loadOn(system, "killed"));
    await flowing(load);
    const sent = await load.stop();
    await assertOnceEach(sent, { clickhouse, mark: "killed" });
    const directory = await backup(system, "--name", "killed");
    const running = startSightlinectl(stack.dir, "restore", directory, "--replace");
    const count = "SELECT count() AS n FROM system.tables WHERE database = {database:String}";
    const tables = () =>
      clickhouse.query(count, { database: clickhouse.database }, { schema: z.object({ n: z.coerce.number() }) });
    const before = await tables();
    // ClickHouse's part is being dropped, or made anew.
    const isGone = async () => {
      const now = await tables().catch(() => []);
      assert.notDeepEqual(now, before);
    };
    await eventually(isGone, { timeoutMs: 60_000, intervalMs: 5 });
    running.kill();
    await running.result;
    const again = async () => assertDone(await sightlinectl(stack.dir, "restore", directory, "--replace"));
    await eventually(again, { timeoutMs: 60_000, intervalMs: 1000 });
    await assertOnceEach(sent, { clickhouse, mark: "killed" });
    await rm(directory, { recursive: true });
  });

  test("and the oldest go when only so many are kept; what is no backup stays", async () => {
    await writeFile(join(system.stack.dir, "backups", "note.txt"), "mine");
    const kept = await backup(system, "--name", "newest", "--keep", "2");
    const stdout = assertDone(await sightlinectl(system.stack.dir, "backups", "--json"));
    const listed = z.object({ backups: z.array(z.object({ directory: z.string() })) }).parse(JSON.parse(stdout));
    assert.deepEqual(
      listed.backups.map(({ directory }) => basename(directory)),
      ["damaged", basename(kept)],
    );
    assert.equal(await readFile(join(system.stack.dir, "backups", "note.txt"), "utf8"), "mine");
  });

  test("contents are counted and hashed the same whenever nothing changed", async () => {
    const options = { hash: true, signal: soon() };
    await system.stack.process("storage").stop();
    assert.deepEqual(await readContents(system.clickhouse, options), await readContents(system.clickhouse, options));
  });
});
