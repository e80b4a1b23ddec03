import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { lastWords, startProcess } from "./process.ts";

/** A machine that does much else takes seconds to start a process. */
const patienceMs = 60_000;

const env = { PATH: process.env["PATH"] ?? "" };

const shell = (script: string, more: Partial<Parameters<typeof startProcess>[0]> = {}) =>
  startProcess({ name: "example", command: "/bin/sh", args: ["-c", script], env, ...more });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("tells its lines, its input and its end", async () => {
  const lines: string[] = [];
  const child = shell("cat; echo two >&2; exit 3", { input: "one\n", onLine: (line) => void lines.push(line) });
  assert.deepEqual(await child.ended, { code: 3, signal: null });
  assert.deepEqual(lines.sort(), ["one", "two"]);
  assert.equal(child.isRunning(), false);
});

test("waits for a line, also one that was printed before", async () => {
  const child = shell("echo starting; echo ready on 7; sleep 60");
  assert.equal(await child.waitForLine(/ready/, patienceMs), "ready on 7");
  assert.equal(await child.waitForLine(/starting/, patienceMs), "starting");
  await child.stop();
});

test("waiting ends with the process, or with the time", async () => {
  const ending = shell("echo 'FATAL: no such file'; exit 1");
  await assert.rejects(
    ending.waitForLine(/ready/, patienceMs),
    /cannot start example: it ended, saying: FATAL: no such file/,
  );
  const silent = shell("sleep 60");
  await assert.rejects(silent.waitForLine(/ready/, 50), /not ready after 50 ms/);
  await silent.kill();
  const missing = startProcess({ name: "example", command: "/nowhere/to/be/found", args: [], env });
  await assert.rejects(missing.waitForLine(/ready/, patienceMs), /it ended, saying: .*No such file/);
});

test("a child that does not stop when asked to is killed after the deadline", async () => {
  const stubborn = shell("trap '' TERM; echo ready; while :; do sleep 0.1; done", { stopTimeoutMs: 100 });
  await stubborn.waitForLine(/ready/, patienceMs);
  await stubborn.stop();
  assert.deepEqual(await stubborn.ended, { code: null, signal: "SIGKILL" });
  await stubborn.stop();
});

test("a child dies with whoever started it, even by kill -9", async () => {
  const starter = startProcess({
    name: "starter",
    command: process.execPath,
    args: [
      "--input-type=module",
      "-e",
      `import { startProcess } from ${JSON.stringify(new URL("./process.ts", import.meta.url).href)};
       const child = startProcess({ name: "child", command: "sleep", args: ["60"], env: process.env });
       console.log("child " + child.pid);`,
    ],
    env: { ...env, NODE_NO_WARNINGS: "1" },
  });
  const pid = Number((await starter.waitForLine(/^child \d+/, patienceMs)).split(" ")[1]);
  assert.equal(isAlive(pid), true);
  await starter.kill();
  await eventually(() => !isAlive(pid));
});

test("last words are the line that tells of a failure, else the last", () => {
  assert.equal(lastWords(["ok", "error: bad", "bye"]), "error: bad");
  assert.equal(lastWords(["ok", "bye"]), "bye");
  assert.equal(lastWords([]), "nothing");
});
