import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isApiKey } from "@sightline/auth/api-key";
import { lockInstance, runningInstance } from "./instance-lock.ts";
import { openLogFile } from "./log-file.ts";
import { assertPortsFree, freePorts, portsAt } from "./ports.ts";
import { loadSecrets, secretsFile } from "./secrets.ts";

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "sightline-stack-"));
});
after(() => rm(dir, { recursive: true }));

test("secrets are made once, differ everywhere and are their owner's only", async () => {
  const first = await loadSecrets(dir);
  assert.deepEqual(await loadSecrets(dir), first);
  assert.equal((await stat(secretsFile(dir))).mode & 0o777, 0o600);
  const other = await loadSecrets(join(dir, "other"));
  const all = [...Object.values(first), ...Object.values(other)];
  assert.equal(new Set(all).size, all.length);
  assert.ok(isApiKey(first.ingestKey) && isApiKey(first.queryKey));
});

test("an instance that was made before a secret was there gets one, and keeps it", async () => {
  const before = join(dir, "before");
  const { sealKey: _, ...others } = await loadSecrets(before);
  await writeFile(secretsFile(before), JSON.stringify(others));
  const { sealKey, ...kept } = await loadSecrets(before);
  assert.deepEqual(kept, others);
  assert.equal((await loadSecrets(before)).sealKey, sealKey);
});

test("damaged secrets are told, not replaced", async () => {
  const damaged = join(dir, "damaged");
  await loadSecrets(damaged);
  await writeFile(secretsFile(damaged), '{"postgres":');
  await assert.rejects(loadSecrets(damaged), /cannot read .*secrets\.json: .*; restore it or remove /);
});

test("a log is bounded and keeps what came last", async () => {
  const path = join(dir, "logs", "example.log");
  const log = openLogFile(path, 100);
  for (let line = 0; line < 50; line++) log.write(`line ${line}`);
  log.close();
  const kept = (await readFile(`${path}.1`, "utf8")) + (await readFile(path, "utf8"));
  assert.ok(kept.length <= 200);
  assert.match(kept, /line 48\nline 49\n$/);
  const again = openLogFile(path, 100);
  again.write("after a restart");
  again.close();
  assert.match(await readFile(path, "utf8"), /line 49\nafter a restart\n$/);
});

test("an instance is run by one process", async () => {
  const instance = join(dir, "instance");
  const unlock = lockInstance(instance);
  assert.equal(runningInstance(instance), undefined, "oneself is nobody else");
  unlock();
  // Left by a process that is gone, and by one whose number a stranger has now.
  for (const pid of [2 ** 22 + 1, process.ppid]) {
    await writeFile(join(instance, "up.pid"), `${pid}\n`);
    assert.equal(runningInstance(instance), undefined);
    lockInstance(instance)();
  }
});

test("ports move together, and stay in the range of ports", () => {
  assert.equal(portsAt(0)("gatewayHttp"), 8080);
  assert.equal(portsAt(1000)("gatewayHttp"), 9080);
  assert.throws(() => portsAt(60_000), /cannot use SIGHTLINE_PORT_OFFSET: got port \d+, want 1 to 65535/);
  assert.throws(() => portsAt(Number.NaN), /cannot use SIGHTLINE_PORT_OFFSET/);
});

test("a taken port is one line with the way out", async () => {
  const ports = await freePorts();
  await assertPortsFree(ports, () => "127.0.0.1");
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(ports("gatewayHttp"), "127.0.0.1", resolve));
  await assert.rejects(
    assertPortsFree(ports, () => "127.0.0.1"),
    /^Error: cannot start gateway: port \d+ is taken by another program; stop it or run SIGHTLINE_PORT_OFFSET=-?\d+ make up$/,
  );
  await assertPortsFree(ports, (owner) => (owner === "gateway" ? undefined : "127.0.0.1"));
  other.close();
});
