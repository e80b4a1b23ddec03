// The receiver's suite of prometheus/compliance (remotewrite/receiver), against ingest with all that is behind it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { environmentOf } from "@sightline/local/install/binary";
import { hasGo, testsFromGo } from "@sightline/local/install/go-install";
import { startStack } from "@sightline/local/stack/stack";

const SUITE = "github.com/prometheus/compliance/remotewrite/receiver@v0.0.0-20260806071727-67b8327a2e93";

const skip = hasGo() ? false : "no Go to build the suite with";

interface SuiteRun {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly output: string;
}

/** Runs the suite against a receiver; every test that says what it is has a line. */
async function runSuite(url: string, key: string): Promise<SuiteRun> {
  const suite = await testsFromGo(SUITE, "remote-write-receiver.test");
  const dir = mkdtempSync(join(tmpdir(), "sightline-remote-write-"));
  const config = { remote_write: [{ name: "sightline", url, authorization: { credentials: key } }] };
  const configFile = join(dir, "config.yml");
  // JSON is YAML.
  writeFileSync(configFile, JSON.stringify(config));
  const env = { ...environmentOf(suite), PROMETHEUS_RW2_COMPLIANCE_CONFIG_FILE: configFile };
  try {
    const output = await new Promise<string>((resolve) => {
      // How it ends says the same as its lines do.
      execFile(suite.path, ["-test.v"], { cwd: dir, env, timeout: 120_000, maxBuffer: 64 << 20 }, (_, stdout) =>
        resolve(stdout),
      );
    });
    const lines = output.split("\n").map((line) => line.trim());
    const named = (verdict: string) => lines.filter((line) => line.startsWith(`--- ${verdict}: `));
    return { passed: named("PASS").length, failed: named("FAIL"), output };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test("prometheus/compliance has nothing against the receiver", { skip, timeout: 300_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), "sightline-conformance-"));
  await using closers = new AsyncDisposableStack();
  closers.defer(() => rmSync(dir, { recursive: true, force: true }));
  const stack = closers.use(await startStack({ dir, ports: "free", services: ["ingest"] }));
  const { passed, failed, output } = await runSuite(`${stack.doors.otlpHttp}/api/v1/write`, stack.secrets.ingestKey);
  assert.deepEqual(failed, [], output);
  assert.ok(passed > 100, `the suite has hundreds of tests: got ${passed}`);
});
