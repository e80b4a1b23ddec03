import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { repositoryDir } from "@sightline/local/install/paths";
import { type RunningProcess, startProcess } from "@sightline/local/servers/process";
import { assertPortsFree, type PORTS, portsAt } from "@sightline/local/stack/ports";
import { loadSecrets, secretsFile } from "@sightline/local/stack/secrets";
import { buildPage, isPageStale } from "@sightline/local/stack/web-page";
import { eventually } from "@sightline/testkit/eventually";
import { request } from "undici";

const upTimeoutMs = 120_000;

/** What a person does at a terminal: make up, make down, Ctrl-C. */
describe("make up", () => {
  let dir: string;
  let offset: number;
  const running = new Set<RunningProcess>();

  before(async () => {
    if (isPageStale()) await buildPage();
    dir = await mkdtemp(join(tmpdir(), "sightline-up-"));
    offset = await freeOffset();
  });
  after(async () => {
    for (const process of running) await process.stop();
    await rm(dir, { recursive: true, force: true });
  });

  function run(script: "up" | "down"): RunningProcess {
    const started = startProcess({
      name: script,
      command: process.execPath,
      args: [join("deploy", "local", "src", `${script}.ts`)],
      cwd: repositoryDir,
      env: { ...inherited(), SIGHTLINE_DIR: dir, SIGHTLINE_PORT_OFFSET: String(offset), NODE_NO_WARNINGS: "1" },
      stopTimeoutMs: 60_000,
    });
    running.add(started);
    void started.ended.then(() => running.delete(started));
    return started;
  }

  const portOf = (name: keyof typeof PORTS) => portsAt(offset)(name);

  async function login(): Promise<number> {
    const { adminPassword } = await loadSecrets(dir);
    const response = await request(`http://127.0.0.1:${portOf("gatewayHttp")}/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ username: "admin", password: adminPassword }),
    });
    await response.body.dump();
    return response.statusCode;
  }

  test("a taken port is one line that says what to do", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(portOf("gatewayHttp"), "127.0.0.1", resolve));
    const up = run("up");
    const { code } = await up.ended;
    other.close();
    assert.equal(code, 1);
    const taken = `cannot start gateway: port ${portOf("gatewayHttp")} is taken by another program; `;
    assert.equal(up.lastLines().at(-1), `${taken}stop it or run SIGHTLINE_PORT_OFFSET=${offset + 1000} make up`);
  });

  test("prints where everything is; a second one says that it runs; make down stops all", async () => {
    const up = run("up");
    await up.waitForLine(/Sightline is up after/, upTimeoutMs);
    const table = await eventually(() => {
      const text = up.lastLines().join("\n");
      assert.match(text, /make down stops it/);
      return text;
    });
    const { adminPassword, ingestKey, queryKey } = await loadSecrets(dir);
    for (const secret of [adminPassword, ingestKey, queryKey]) assert.ok(table.includes(secret), table);
    assert.match(table, new RegExp(`web page +http://127.0.0.1:${portOf("gatewayHttp")} `));
    assert.equal((await stat(secretsFile(dir))).mode & 0o777, 0o600);
    assert.equal(await login(), 200);

    const second = run("up");
    assert.equal((await second.ended).code, 1);
    assert.match(
      second.lastLines().at(-1) ?? "",
      /^Sightline is already running here \(process \d+\); stop it with make down$/,
    );

    const down = run("down");
    assert.equal((await down.ended).code, 0);
    assert.deepEqual(down.lastLines(), ["stopped"]);
    assert.deepEqual(await up.ended, { code: 0, signal: null });
    await assertPortsFree(portsAt(offset), () => "127.0.0.1");
  });

  test("finds everything again; a service that dies is told and started again; kill -9 leaves nothing behind", async () => {
    const up = run("up");
    await up.waitForLine(/Sightline is up after/, upTimeoutMs);
    assert.equal(await login(), 200);

    process.kill(await pidListeningOn(portOf("reporterAdmin")), "SIGKILL");
    await up.waitForLine(/^reporter ended unexpectedly \(signal SIGKILL\); starting it again in 0.5 s$/, 30_000);
    await up.waitForLine(/^reporter is up again$/, 60_000);

    await up.kill();
    await eventually(() => assertPortsFree(portsAt(offset), () => "127.0.0.1"));
    const down = run("down");
    await down.ended;
    assert.deepEqual(down.lastLines(), ["Sightline is not running here"]);
  });

  test("stops when it is interrupted while starting", async () => {
    const up = run("up");
    await up.waitForLine(/starting the servers/, upTimeoutMs);
    process.kill(up.pid, "SIGINT");
    assert.deepEqual(await up.ended, { code: 0, signal: null });
    assert.equal(up.lastLines().at(-1), "stopped");
    await assertPortsFree(portsAt(offset), () => "127.0.0.1");
  });
});

/** An offset at which all ports of the stack are free, and below those that other tests choose from. */
async function freeOffset(): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const offset = randomInt(1, 700);
    try {
      await assertPortsFree(portsAt(offset), () => "127.0.0.1");
      return offset;
    } catch (error) {
      if (attempt === 50) throw error;
    }
  }
}

/** The process that listens on a port of the loopback interface. */
async function pidListeningOn(port: number): Promise<number> {
  const sockets = await readFile("/proc/net/tcp", "utf8");
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const line = sockets.split("\n").find((row) => row.includes(`:${hex} 00000000:0000 0A`));
  const inode = line?.trim().split(/\s+/)[9];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (target === `socket:[${inode}]`) return Number(pid);
    }
  }
  throw new Error(`cannot find who listens on port ${port}`);
}

/** This environment, but from sources, as a person starts it: other tests' stacks start from bundles. */
function inherited(): Record<string, string> {
  const { SIGHTLINE_PROGRAMS_DIR: _programs, SIGHTLINE_PAGE_DIR: _page, ...others } = process.env;
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(others)) if (value !== undefined) set[name] = value;
  return set;
}
