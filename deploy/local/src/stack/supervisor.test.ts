import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import type { ProcessEnd } from "../servers/process.ts";
import { type Child, createSupervisor } from "./supervisor.ts";

/** A process that ends when told to. */
function fakeChild(pid: number): Child & { die(): void } {
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  const end = async () => resolve({ code: 0, signal: null });
  return { pid, ended: promise, stop: end, kill: end, die: () => resolve({ code: null, signal: "SIGKILL" }) };
}

function setUp(options: { failAt?: readonly number[]; maxRestarts?: number; firstDelayMs?: number } = {}) {
  const children: ReturnType<typeof fakeChild>[] = [];
  const lines: string[] = [];
  let starts = 0;
  const supervisor = createSupervisor({
    name: "storage",
    report: (line) => void lines.push(line),
    firstDelayMs: options.firstDelayMs ?? 1,
    maxRestarts: options.maxRestarts ?? 10,
    async start() {
      starts++;
      if (options.failAt?.includes(starts)) throw new Error("cannot start storage: no reason");
      const child = fakeChild(starts);
      children.push(child);
      return child;
    },
  });
  return { supervisor, children, lines, starts: () => starts };
}

test("a process that ends is started again, with a line each", async () => {
  const { supervisor, children, lines } = setUp();
  await supervisor.start();
  children[0]?.die();
  await eventually(() => supervisor.current()?.pid === 2);
  children[1]?.die();
  await eventually(() => supervisor.current()?.pid === 3);
  assert.deepEqual(lines, [
    "storage ended unexpectedly (signal SIGKILL); starting it again in 0.001 s",
    "storage is up again",
    "storage ended unexpectedly (signal SIGKILL); starting it again in 0.002 s",
    "storage is up again",
  ]);
  await supervisor.stop();
});

test("a failed new start is told and tried again", async () => {
  const { supervisor, children, lines } = setUp({ failAt: [2] });
  await supervisor.start();
  children[0]?.die();
  await eventually(() => supervisor.current()?.pid === 3);
  assert.ok(lines.includes("cannot start storage: no reason"));
  await supervisor.stop();
});

test("a process that cannot live is given up", async () => {
  const { supervisor, children, lines } = setUp({ failAt: [2, 3, 4], maxRestarts: 3 });
  await supervisor.start();
  children[0]?.die();
  await eventually(() => lines.at(-1)?.startsWith("gave up on storage after 3 starts") ?? false);
  assert.equal(supervisor.current(), undefined);
});

test("what was stopped or killed on purpose stays so until it is started", async () => {
  const { supervisor, lines, starts } = setUp();
  await supervisor.start();
  await supervisor.kill();
  assert.equal(supervisor.current(), undefined);
  await supervisor.stop();
  assert.equal(starts(), 1);
  assert.equal((await supervisor.start()).pid, 2);
  assert.equal((await supervisor.start()).pid, 2);
  await supervisor.stop();
  assert.deepEqual(lines, []);
});

test("starting while a new start is being waited for starts once", async () => {
  const { supervisor, children, starts } = setUp({ firstDelayMs: 60_000 });
  await supervisor.start();
  children[0]?.die();
  await eventually(() => supervisor.current() === undefined);
  assert.equal((await supervisor.start()).pid, 2);
  assert.equal(starts(), 2);
  await supervisor.stop();
});

test("a first start that fails rejects and is not tried again", async () => {
  const { supervisor, starts } = setUp({ failAt: [1] });
  await assert.rejects(supervisor.start(), /no reason/);
  await supervisor.stop();
  assert.equal(starts(), 1);
});
