import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { armFailpoints, FAILPOINTS, failpoint } from "./failpoint.ts";

const program = join(import.meta.dirname, "testing/echo-service.ts");

/** Runs the echo service until it ends. */
async function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1", SIGHTLINE_ADMIN_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  const [code, signal] = await once(child, "close");
  return { code, signal, output, errors: errors.trim() };
}

describe("failpoints", () => {
  it("are each passed at one place of the program, where a name says which", () => {
    const root = join(import.meta.dirname, "../../..");
    const files = globSync(["libs/*/src/**/*.ts", "services/*/src/**/*.ts"], { cwd: root });
    const sources = files.filter((file) => !file.endsWith(".test.ts") && !file.includes("node_modules"));
    const passed = sources.flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/\bfailpoint\("([^"]+)"\)/g)].map(([, name]) => name),
    );
    assert.deepEqual(passed.toSorted(), Object.keys(FAILPOINTS).toSorted());
  });

  it("do nothing unless armed", () => assert.doesNotThrow(() => failpoint("ingest.before-publish")));

  it("fail once, at the time given", () => {
    armFailpoints("ingest.before-publish=error:2, storage.before-record=error");
    const outcomes = [1, 2, 3].map(() => {
      try {
        failpoint("ingest.before-publish");
        return "passed";
      } catch (error) {
        return String(error);
      }
    });
    assert.deepEqual(outcomes, ["passed", "AppError: the failpoint ingest.before-publish was told to fail", "passed"]);
    assert.throws(() => failpoint("storage.before-record"), { code: "unavailable" });
    assert.doesNotThrow(() => failpoint("storage.before-advance"));
  });

  const refused: { text: string; want: RegExp }[] = [
    { text: "storage.nowhere=exit", want: /^cannot arm failpoints: got the name "storage.nowhere", want one of / },
    { text: "constructor=exit", want: /got the name "constructor"/ },
    { text: "storage.before-record", want: /got "storage.before-record", want name=exit\|freeze\|error/ },
    { text: "storage.before-record=vanish", want: /got "storage.before-record=vanish"/ },
    { text: "storage.before-record=exit:0", want: /got "storage.before-record=exit:0"/ },
  ];
  for (const { text, want } of refused) {
    it(`refuse ${text}`, () => assert.throws(() => armFailpoints(text), { message: want }));
  }

  it("end a process as a power cut would, and are said loudly before", async () => {
    const { signal, output } = await run({ SIGHTLINE_FAILPOINTS: "service.started=exit" });
    assert.equal(signal, "SIGKILL");
    assert.match(output, /"level":"warn".*failpoints are armed: this process will fail on purpose/);
    assert.doesNotMatch(output, /stopping/);
  });

  it("are refused in production", async () => {
    const { code, errors } = await run({ SIGHTLINE_FAILPOINTS: "service.started=exit", NODE_ENV: "production" });
    assert.equal(code, 2);
    assert.equal(errors, "sightline echo: cannot arm failpoints in production: unset SIGHTLINE_FAILPOINTS");
  });

  it("make an error that nobody catches end the process", async () => {
    const { code, errors } = await run({ SIGHTLINE_FAILPOINTS: "service.started=crash" });
    assert.equal(code, 1);
    assert.match(errors, /the failpoint service.started was told to crash/);
  });
});
