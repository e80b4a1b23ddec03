import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { environment } from "./checks.ts";
import { runTestFile } from "./test-file.ts";

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "sightline-runner-"));
});
after(() => rm(root, { recursive: true }));

interface FileOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

async function runText(name: string, body: string, options: FileOptions = {}) {
  const file = `${name}.test.mjs`;
  await writeFile(join(root, file), `import { after, describe, test } from "node:test";\n${body}`);
  const { NODE_TEST_CONTEXT: _, ...env } = environment();
  const { timeoutMs = 20_000, signal = new AbortController().signal } = options;
  return await runTestFile({ root, file, env, timeoutMs, signal });
}

describe("a test file", { concurrency: 2 }, () => {
  test("passes, fails and skips, told by full name and with the reason", async () => {
    const result = await runText(
      "mixed",
      `test("one", () => {});
      describe("outer", () => {
        test("good", () => {});
        test("bad", () => { console.log("a word before"); throw new Error("as it should"); });
        test("later", { skip: "no browser here" }, () => {});
      });
      test("parent", async (t) => { await t.test("child", () => {}); });`,
    );
    assert.equal(result.passed, 4);
    assert.deepEqual(
      result.failures.map((failure) => failure.name),
      ["outer › bad"],
    );
    assert.match(result.failures[0]?.text ?? "", /Error: as it should\n.*mixed\.test\.mjs/s);
    assert.deepEqual(result.skips, [{ name: "outer › later", reason: "no browser here" }]);
    assert.ok(result.output.includes("a word before"));
  });

  const failing = [
    { name: "crash", body: 'throw new Error("at import");', want: /exit code \d/ },
    { name: "killed", body: 'test("dies", () => process.kill(process.pid, "SIGKILL"));', want: /exit code null/ },
    { name: "leak", body: 'test("leaks", () => { setInterval(() => {}, 1000); });', want: /leak: .*timer/ },
    { name: "empty", body: "", want: /has no tests/ },
    {
      name: "hook",
      body: 'after(() => { throw new Error("in the hook"); }); test("ok", () => {});',
      want: /in the hook/,
    },
  ];
  for (const { name, body, want } of failing) {
    test(`that fails by ${name} counts as failed`, async () => {
      const { failures } = await runText(name, body);
      assert.equal(failures.length, 1);
      assert.match(failures[0]?.text ?? "", want);
    });
  }

  test("that takes too long is ended, and what it had told counts", async () => {
    const body =
      'describe("over", () => test("quick", () => {})); test("slow", () => new Promise((r) => setTimeout(r, 60_000)));';
    const { passed, failures } = await runText("slow", body, { timeoutMs: 1500 });
    assert.equal(passed, 1);
    assert.match(failures[0]?.text ?? "", /not over after 1.5 s; it was in: slow$/);
  });

  test("is ended by an interrupt", async () => {
    const { failures } = await runText("interrupted", 'test("x", () => {});', { signal: AbortSignal.abort() });
    assert.match(failures.at(-1)?.text ?? "", /interrupted/);
  });
});
