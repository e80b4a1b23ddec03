import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runProgram } from "../program.ts";

const dir = mkdtempSync(join(tmpdir(), "sightline-rules-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const alert = "groups: [{ name: g, rules: [{ alert: A, expr: x > 1, labels: { severity: page } }] }]";
const testOf = (value: number) => `
  - { name: value ${value}, input_series: [{ series: x, values: ${value} }], alert_rule_test: [{ eval_time: 0, alertname: A, exp_alerts: [{ exp_labels: { severity: page } }] }] }`;

const write = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
mkdirSync(join(dir, "rules"));
const good = write("rules/a.yml", alert);
const twice = write("twice.yml", `${alert.slice(0, -4)}, { alert: A, expr: y, labels: { severity: page } }] }]`);
const unit = write("unit.yml", `rule_files: ["rules/*.yml", none.yml]\ntests:${testOf(2)}${testOf(1)}\n`);

async function run(...args: readonly string[]) {
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args: ["rules", ...args],
    env: {},
    version: "test",
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    signal: new AbortController().signal,
    now: () => Date.UTC(2026, 10, 21, 3, 12),
  });
  return { code, stdout, stderr };
}

test("files that are fine", async () => {
  const { code, stdout, stderr } = await run("check", good);
  assert.deepEqual(
    { code, stdout, stderr },
    { code: 0, stdout: `Checking ${good}\n  SUCCESS: 1 rules found\n\n`, stderr: "" },
  );
});

test("what lint finds is an error when it is asked to be one, and can be left out", async () => {
  assert.equal((await run("check", twice)).code, 0);
  assert.match(
    (await run("check", twice)).stderr,
    /1 duplicate rule\(s\) found\.\nMetric: A\nLabel\(s\):\n.severity: page\n/,
  );
  assert.equal((await run("check", twice, "--lint-fatal")).code, 1);
  assert.equal((await run("check", twice, "--lint-fatal", "--lint", "none")).code, 0);
  assert.equal((await run("check", twice, "--lint", "odd")).code, 2);
});

test("a file that is not there does not keep the others, and JSON says it all", async () => {
  const { code, stdout } = await run("check", join(dir, "none.yml"), good, "--json");
  assert.equal(code, 1);
  const { files } = JSON.parse(stdout);
  assert.equal(files.length, 2);
  assert.match(files[0].errors[0], /cannot read .*none\.yml: ENOENT/);
  assert.deepEqual(files[1], { file: good, rules: 1, errors: [], lint: [] });
});

test("tests are run over the rule files that their patterns find", async () => {
  const { code, stdout, stderr } = await run("test", unit, "--junit", join(dir, "junit.xml"));
  assert.equal(code, 1);
  assert.equal(stdout, `Processing test file: ${unit}\n\n`);
  assert.match(stderr, /WARNING: no file match pattern none\.yml/);
  assert.match(stderr, /name: value 1,\n {4}alertname: A, time: 0s, /);
  assert.doesNotMatch(stderr, /name: value 2,/);
  assert.match(
    readFileSync(join(dir, "junit.xml"), "utf8"),
    /tests="2" failures="1" .* timestamp="2026-11-21T03:12:00"/,
  );
});

test("some of the tests", async () => {
  assert.equal((await run("test", unit, "--run", "2$", "--run", "^never")).code, 0);
  assert.equal((await run("test", unit, "--run", "(")).code, 2);
});
