import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";

const root = resolve(import.meta.dirname, "../..");
const secret = "never-to-be-shown";
const services = readdirSync(join(root, "services"));

/** What `make build` puts into the images: each service is one file that needs nothing beside it. */
describe("the images' bundles", { timeout: 180_000 }, () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "sightline-bundles-"));
  before(() => {
    execFileSync(process.execPath, [join(root, "deploy/docker/build.ts")], { cwd: root, stdio: "pipe" });
  });
  after(() => rmSync(elsewhere, { recursive: true, force: true }));

  for (const service of services) {
    test(`${service} runs from one file anywhere`, () => {
      const bundle = join(root, "dist", service, "main.js");
      assert.doesNotMatch(
        readFileSync(bundle, "utf8"),
        /readFileSync\d*\(\s*new URL\(/,
        "texts beside the sources are inlined",
      );
      const copy = join(elsewhere, `${service}.js`);
      copyFileSync(bundle, copy);
      const env = {
        PATH: process.env["PATH"] ?? "",
        SIGHTLINE_INTERNAL_TOKEN: secret,
        SIGHTLINE_INGEST_API_KEY: secret,
      };
      const { status, stdout, stderr } = spawnSync(process.execPath, [copy, "--print-config"], {
        env,
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      assert.equal(JSON.parse(stdout).logLevel, "info");
      assert.ok(!stdout.includes(secret), "secrets are not shown");
    });
  }

  test("sightlinectl runs from one file anywhere, and says its version", () => {
    const copy = join(elsewhere, "sightlinectl.js");
    copyFileSync(join(root, "dist/sightlinectl/main.js"), copy);
    const env = { PATH: process.env["PATH"] ?? "" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [copy, "--version"], { env, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test("the gateway's image has the web page", () => {
    assert.ok(existsSync(join(root, "dist/gateway/page/index.html")));
  });
});
