import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { runProgram } from "../program.ts";

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

const asked: Asked[] = [];
let isOpen = false;
const windowOf = () => ({
  windowId: "w-1",
  name: "deploy",
  matchers: ['service="db"'],
  schedule: { kind: "manual" },
  reason: "release",
  open: isOpen,
  changes: isOpen ? "2026-11-21T20:00:00.000Z" : null,
  openings: [],
});

/** Answers like a gateway that knows one window. */
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const path = decodeURIComponent(request.url ?? "");
  asked.push({ path, body: text === "" ? undefined : JSON.parse(text) });
  if (path.includes("/nowhere/")) {
    response.writeHead(404).end(JSON.stringify({ error: { code: "not_found", message: "there is no such window" } }));
    return;
  }
  if (path.endsWith("/open")) isOpen = true;
  if (path.endsWith("/close")) isOpen = false;
  response.end(JSON.stringify(path.includes("?") ? { windows: [windowOf()] } : { window: windowOf() }));
});

let url: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked.length = 0;
  isOpen = false;
});

async function run(args: readonly string[], signal = new AbortController().signal) {
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args,
    env: { SIGHTLINE_SERVER: url, SIGHTLINE_API_KEY: "the-key", SIGHTLINE_DIR: "/nonexistent" },
    version: "1.2.3",
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal,
    now: () => 0,
  });
  return { code, stdout, stderr };
}

const opening = ["maintenance", "open", "deploy web", "--for", "1h30m", "--reason", "release 42"];

test("a job opens a window, and closes what it opened", async () => {
  const opened = await run([...opening, "--key", "job 1", "--matcher", 'service="db"', "--matcher", "team=a"]);
  assert.deepEqual([opened.code, opened.stdout], [0, "deploy: open until 2026-11-21T20:00:00Z\n"]);
  const closed = await run(["maintenance", "close", "deploy web", "--key", "job 1", "--json"]);
  assert.deepEqual([closed.code, JSON.parse(closed.stdout).open], [0, false]);
  assert.deepEqual(asked, [
    {
      path: "/v1/maintenance-windows/deploy web/open",
      body: { forSeconds: 5400, reason: "release 42", key: "job 1", matchers: ['service="db"', "team=a"] },
    },
    { path: "/v1/maintenance-windows/deploy web/close", body: { key: "job 1" } },
  ]);
});

test("windows are listed", async () => {
  const { code, stdout } = await run(["maintenance", "list", "--open"]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^NAME +STATE +UNTIL +SCHEDULE +MATCHERS +REASON\ndeploy +closed +manual +service="db" +release\n$/,
  );
  assert.equal(asked[0]?.path, "/v1/maintenance-windows?open=true");
});

test("a command runs while the window is open, and its exit code is ours", async () => {
  const script = "process.exit(7)";
  const { code, stderr } = await run([...opening, "--wrap", "--", process.execPath, "-e", script]);
  assert.equal(code, 7);
  assert.match(stderr, /open until .*\n.*closed\n.*ended with 7/);
  const [opened, closed] = asked;
  assert.deepEqual([asked.length, closed?.path], [2, "/v1/maintenance-windows/deploy web/close"]);
  const keyOf = (body: unknown) => (typeof body === "object" && body !== null && "key" in body ? body.key : undefined);
  assert.match(String(keyOf(opened?.body)), /^[0-9a-f-]{36}$/);
  assert.equal(keyOf(closed?.body), keyOf(opened?.body));
});

test("a command that is not there is not run, and leaves no window open", async () => {
  const { code, stderr } = await run([...opening, "--wrap", "--", "/nonexistent/program"]);
  assert.equal(code, 127);
  assert.match(stderr, /cannot run \/nonexistent\/program/);
  assert.equal(isOpen, false);
});

test("an interruption ends the command and closes the window", async () => {
  const interrupted = new AbortController();
  const running = run(
    [...opening, "--wrap", "--", process.execPath, "-e", "setInterval(() => {}, 1000)"],
    interrupted.signal,
  );
  while (!isOpen) await new Promise((resolve) => setImmediate(resolve));
  interrupted.abort(new DOMException("interrupted", "AbortError"));
  assert.equal((await running).code, 130);
  assert.equal(isOpen, false);
});

test("what is wrong is said before anything is opened", async () => {
  for (const [args, code, says] of [
    [[...opening, "--", "true"], 2, /--wrap together with/],
    [[...opening, "--wrap"], 2, /--wrap together with/],
    [["maintenance", "open", "deploy", "--for", "soon", "--reason", "x"], 2, /want a duration/],
    [["maintenance", "open", "deploy", "--for", "1h"], 2, /--reason/],
    [["maintenance", "close", "nowhere"], 1, /there is no such window/],
    [
      ["maintenance", "open", "nowhere", "--for", "1h", "--reason", "x", "--wrap", "--", "true"],
      1,
      /there is no such window/,
    ],
  ] as const) {
    const result = await run(args);
    assert.equal(result.code, code, args.join(" "));
    assert.match(result.stderr, says);
  }
  assert.equal(isOpen, false);
});
