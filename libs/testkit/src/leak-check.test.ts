import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";

const header = `
import { after, test } from "node:test";
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import http from "node:http";
import net from "node:net";
import { Worker } from "node:worker_threads";
import { setTimeout as pause } from "node:timers/promises";
const listen = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
`;

/** Runs a test file of that text with the leak check; answers whether it passed and what it said. */
async function runFile(body: string): Promise<{ passed: boolean; said: string }> {
  const dir = await mkdtemp(join(tmpdir(), "sightline-leak-"));
  const file = join(dir, "example.test.mjs");
  await writeFile(file, header + body);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--import", new URL("./leak-check.ts", import.meta.url).href, file];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 20_000 });
    return { passed: true, said: stdout + stderr };
  } catch (error) {
    assert.ok(error instanceof Error);
    return { passed: false, said: String(Reflect.get(error, "stdout")) + String(Reflect.get(error, "stderr")) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

const leaking = [
  { name: "a child process", body: 'spawn("sleep", ["60"]);', want: /child process \d+ \(sleep 60\)/ },
  { name: "a child process let go", body: 'spawn("sleep", ["61"]).unref();', want: /child process \d+ \(sleep 61\)/ },
  { name: "a worker", body: 'new Worker("setInterval(() => {}, 1000)", { eval: true });', want: /worker thread/ },
  { name: "a server", body: "await listen(net.createServer());", want: /server on port \d+/ },
  {
    name: "a server let go",
    body: "const s = http.createServer(); await listen(s); s.unref();",
    want: /server on port/,
  },
  {
    name: "a connection",
    body: `const s = net.createServer(); const port = await listen(s);
      const c = net.connect(port); await new Promise((r) => c.once("connect", r)); s.close();`,
    want: /connection from port \d+ to port \d+/,
  },
  { name: "a UDP socket", body: 'dgram.createSocket("udp4").bind(0, "127.0.0.1");', want: /UDP socket/ },
  { name: "an interval", body: "setInterval(() => {}, 1000);", want: /timer set at \S*example\.test\.mjs:\d+/ },
  { name: "a timeout", body: "setTimeout(() => {}, 60_000);", want: /timer set at \S*example\.test\.mjs:\d+/ },
  { name: "a pause", body: "void pause(60_000);", want: /timer of .*node:timers\/promises/ },
];

describe("left behind", { concurrency: 4 }, () => {
  for (const { name, body, want } of leaking) {
    test(`${name} fails the file`, async () => {
      const { passed, said } = await runFile(`test("leaks", async () => { ${body} });`);
      assert.match(said, want);
      assert.equal(passed, false);
    });
  }
});

test("what the file's own hooks end is no leak", async () => {
  const { passed, said } = await runFile(`
    let server, child, timer;
    after(() => pause(50));
    after(() => { server.close(); child.kill(); clearInterval(timer); });
    test("uses much", async () => {
      server = http.createServer((_, response) => response.end("ok"));
      const port = await listen(server);
      await (await fetch("http://127.0.0.1:" + port)).text();
      child = spawn("sleep", ["60"]);
      timer = setInterval(() => {}, 1000);
      setTimeout(() => {}, 1);
    });`);
  assert.equal(passed, true, said);
  assert.doesNotMatch(said, /leak:/);
});

test("a timer that lets the process end is no leak", async () => {
  const { passed, said } = await runFile('test("ok", () => { setInterval(() => {}, 1000).unref(); });');
  assert.equal(passed, true, said);
});

test("the leak check does not hide a failing test", async () => {
  const { passed, said } = await runFile('test("bad", () => { throw new Error("as it should"); });');
  assert.equal(passed, false);
  assert.match(said, /as it should/);
});
