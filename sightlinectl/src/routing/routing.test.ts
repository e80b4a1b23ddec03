import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { runProgram } from "../program.ts";

const asked: { path: string; method: string; body: unknown }[] = [];

/** Answers like a gateway that takes everything but what names "nobody". */
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const body = JSON.parse(text);
  asked.push({ path: request.url ?? "", method: request.method ?? "", body });
  const refused = { error: { code: "invalid_argument", message: "3:4: there is nobody" } };
  if (text.includes("nobody")) response.writeHead(400).end(JSON.stringify(refused));
  else response.end(JSON.stringify({ version: body.onlyCheck ? 0 : 4, receivers: ["a"] }));
});

let url: string;
let dir: string;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), "routing-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(async () => {
  rmSync(dir, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => void asked.splice(0));

async function run(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args: ["routing", ...args],
    env: { SIGHTLINE_SERVER: url, SIGHTLINE_API_KEY: "the-key", SIGHTLINE_DIR: "/nonexistent" },
    version: "1.2.3",
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: new AbortController().signal,
    now: () => 0,
  });
  return { code, stdout, stderr };
}

const source = `global: { opsgenie_api_key_file: key }
route: { receiver: a }
receivers: [{ name: a, opsgenie_configs: [{ details: { someFile: /etc/passwd } }] }]
templates: ['*.tmpl']
`;

function write(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return join(dir, "alertmanager.yml");
}

test("what it names is sent along", async () => {
  const path = write({ "alertmanager.yml": source, key: "hush\n", "mail.tmpl": "mail" });
  const checked = await run("check", path);
  assert.deepEqual([checked.code, checked.stdout], [0, `${path} could be put in force: 1 receiver\n`]);
  const pushed = await run("push", "--expect", "3", path);
  assert.deepEqual([pushed.code, pushed.stdout], [0, `${path} is in force, version 4: 1 receiver\n`]);
  const body = { source, templates: { "mail.tmpl": "mail" }, files: { key: "hush\n" } };
  assert.deepEqual(asked, [
    { path: "/v1/alert-routing", method: "PUT", body: { ...body, onlyCheck: true } },
    { path: "/v1/alert-routing", method: "PUT", body: { ...body, onlyCheck: false, expectedVersion: 3 } },
  ]);
});

test("what is wrong is told, and nothing is sent that cannot be read", async () => {
  const missing = await run("push", write({ "alertmanager.yml": source.replace("file: key", "file: none") }));
  assert.deepEqual([missing.code, asked.length], [2, 0]);
  assert.match(missing.stderr, /cannot read .*\/none: /);
  const wrong = await run("check", write({ "alertmanager.yml": source.replace("receiver: a", "receiver: b") }));
  assert.deepEqual([wrong.code, asked.length], [1, 0]);
  assert.match(wrong.stderr, /undefined receiver "b" used in route/);
  const refused = await run("push", write({ "alertmanager.yml": source.replaceAll(/\ba\b/g, "nobody") }));
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /3:4: there is nobody/);
});
