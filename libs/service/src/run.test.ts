import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, it } from "node:test";
import { retry } from "./retry.ts";

const program = join(import.meta.dirname, "testing/echo-service.ts");
const dir = mkdtempSync(join(tmpdir(), "sightline-run-"));
after(() => rmSync(dir, { recursive: true }));

/** Runs the echo service as a process of its own. */
function start(env: Record<string, string> = {}, args: string[] = [], { maxFiles = 1000 } = {}) {
  const child = spawn("sh", ["-c", `ulimit -n ${maxFiles}; exec "$@"`, "sh", process.execPath, program, ...args], {
    env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1", SIGHTLINE_ADMIN_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  const lines: string[] = [];
  const waiting: { text: string; found: (line: string) => void }[] = [];
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    for (const wait of waiting) if (line.includes(wait.text)) wait.found(line);
  });
  const exited = once(child, "close").then(([code, signal]) => ({ code, signal, errors: errors.trim(), lines }));
  /** The first log line with a text. */
  const line = (text: string) =>
    new Promise<string>((found, fail) => {
      const already = lines.find((each) => each.includes(text));
      if (already !== undefined) found(already);
      waiting.push({ text, found });
      exited.then(() => fail(new Error(`it ended without "${text}": ${lines.join("\n")} ${errors}`)));
    });
  return { child, exited, line };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function yaml(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

describe("a service that runs", () => {
  it("answers its probes and metrics, and stops in order at a signal", async () => {
    const adminPort = await freePort();
    const { child, exited, line } = start({ SIGHTLINE_ADMIN_PORT: `${adminPort}`, SIGHTLINE_TOKEN: "hunter2" });
    await line('"msg":"started"');
    const get = (path: string) => fetch(`http://127.0.0.1:${adminPort}${path}`);
    assert.deepEqual(
      [(await get("/livez")).status, (await get("/readyz")).status, (await get("/other")).status],
      [200, 200, 404],
    );
    const metrics = await get("/metrics");
    assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const text = await metrics.text();
    assert.match(text, /^sightline_build_info\{service="echo",version="1\.2\.3",node="[\d.]+"\} 1$/m);
    for (const name of ["nodejs_eventloop_lag_seconds", "nodejs_heap_size_used_bytes", "process_cpu_seconds_total"]) {
      assert.match(text, new RegExp(`^${name} `, "m"));
    }
    child.kill("SIGTERM");
    const { code, lines } = await exited;
    assert.equal(code, 0);
    const messages = lines.map((each) => JSON.parse(each).msg);
    assert.deepEqual(messages.slice(-3), ["stopping", "witness closed", "stopped"]);
    assert.doesNotMatch(lines.join("\n"), /hunter2/);
  });

  it("is not ready while it stops, and exits at once at a second signal", async () => {
    const adminPort = await freePort();
    const { child, exited, line } = start({ SIGHTLINE_ADMIN_PORT: `${adminPort}`, SIGHTLINE_CLOSE_MS: "60000" });
    await line('"msg":"started"');
    child.kill("SIGINT");
    await line("witness closed");
    const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`);
    assert.equal(answer.status, 503);
    assert.deepEqual(await answer.json(), { ready: false, notReady: { service: "stopping" } });
    child.kill("SIGINT");
    assert.equal((await exited).code, 130);
  });

  it("stops in order at SIGHUP too: there is no new configuration without a new start", async () => {
    const { child, exited, line } = start();
    await line('"msg":"started"');
    child.kill("SIGHUP");
    const { code, lines } = await exited;
    assert.equal(code, 0);
    assert.match(lines.at(-1) ?? "", /"msg":"stopped"/);
  });

  it("stops within its deadline even when something hangs, and says so", async () => {
    const { child, exited, line } = start({ SIGHTLINE_CLOSE_MS: "60000", SIGHTLINE_SHUTDOWN_TIMEOUT_MS: "400" });
    await line('"msg":"started"');
    child.kill("SIGTERM");
    const { code, lines } = await exited;
    assert.equal(code, 1);
    assert.match(lines.join("\n"), /"name":"slow".*could not stop in order/);
  });

  it("stops in order and fails when an error was not caught", async () => {
    const { exited } = start({ SIGHTLINE_FAIL_AT: "later" });
    const { code, errors, lines } = await exited;
    assert.equal(code, 1);
    assert.equal(errors, "sightline echo: nobody caught this");
    assert.match(lines.join("\n"), /witness closed/);
  });

  it("goes on when a connection could not be accepted, whoever listened", async () => {
    const { child, exited, line } = start({ SIGHTLINE_FAIL_AT: "accepting" });
    await line("cannot take what comes in");
    child.kill("SIGTERM");
    assert.equal((await exited).code, 0);
  });

  it("outlives having no file descriptors left", async ({ signal }) => {
    const httpPort = await freePort();
    const { child, exited, line } = start({ SIGHTLINE_HTTP_PORT: `${httpPort}` }, [], { maxFiles: 60 });
    await line('"msg":"started"');
    const sockets = Array.from({ length: 200 }, () => connect(httpPort, "127.0.0.1").on("error", () => undefined));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    assert.equal(child.exitCode, null);
    for (const socket of sockets) socket.destroy();
    const often = { attempts: 100, baseDelayMs: 50, maxDelayMs: 50, shouldRetry: () => true, signal };
    assert.equal(await retry(async () => (await fetch(`http://127.0.0.1:${httpPort}/`)).text(), often), "echo");
    child.kill("SIGTERM");
    assert.equal((await exited).code, 0);
  });

  it("needs no receiver for its telemetry", async () => {
    const { child, exited, line } = start({ SIGHTLINE_TELEMETRY_ENDPOINT: "http://127.0.0.1:1" });
    await line('"msg":"started"');
    const stoppedAt = performance.now();
    child.kill("SIGTERM");
    assert.equal((await exited).code, 0);
    assert.ok(performance.now() - stoppedAt < 4000);
  });
});

describe("a service that cannot run", () => {
  it("rolls a failed start back and says why", async () => {
    const { code, errors, lines } = await start({ SIGHTLINE_FAIL_AT: "start" }).exited;
    assert.equal(code, 1);
    assert.equal(errors, "sightline echo: the start was told to fail");
    assert.match(lines.join("\n"), /witness closed/);
  });

  it("says which port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, errors } = await start({ SIGHTLINE_ADMIN_PORT: `${port}` }).exited;
    taken.close();
    assert.equal(code, 1);
    assert.match(
      errors,
      new RegExp(`^sightline echo: cannot listen on 127\\.0\\.0\\.1:${port} for admin: the port is taken`),
    );
  });

  const table: { name: string; env?: Record<string, string>; args?: string[]; want: RegExp[] }[] = [
    {
      name: "an unknown key",
      args: ["--config", yaml("unknown.yaml", "htpPort: 1\nbindd: x\n")],
      want: [/htpPort: unknown key; did you mean httpPort\?$/, /bindd: unknown key; did you mean bind\?$/],
    },
    {
      name: "a wrong value",
      env: { SIGHTLINE_HTTP_PORT: "x" },
      want: [/httpPort \(SIGHTLINE_HTTP_PORT\): .* got "x"$/],
    },
    { name: "a missing file", args: ["--config", join(dir, "none.yaml")], want: [/cannot read .*none\.yaml/] },
    { name: "an unknown flag", args: ["--verbose"], want: [/--verbose.*usage: --config|--verbose.*\(usage/] },
  ];
  for (const { name, env, args, want } of table) {
    it(`says what is wrong with ${name}, one line each`, async () => {
      const { code, errors, lines } = await start(env, args).exited;
      assert.equal(code, 2);
      assert.deepEqual(lines, []);
      const got = errors.split("\n");
      assert.equal(got.length, want.length, errors);
      for (const [index, pattern] of want.entries()) assert.match(got[index] ?? "", pattern);
    });
  }
});

describe("--print-config", () => {
  it("prints what would be used, without secrets, and starts nothing", async () => {
    const file = yaml("print.yaml", "httpPort: 12\ntoken: hunter2\n");
    const { code, lines } = await start({ SIGHTLINE_CLOSE_MS: "7" }, ["--config", file, "--print-config"]).exited;
    assert.equal(code, 0);
    const printed = JSON.parse(lines.join("\n"));
    assert.deepEqual([printed.httpPort, printed.closeMs, printed.token], [12, 7, "***"]);
  });
});
