import assert from "node:assert/strict";
import { mkdir, mkdtempDisposable, readdir, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { type FoundBackup, findBackups } from "./find-backups.ts";
import { beyond, removeBackup } from "./keep.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";
import { markUnfinished } from "./unfinished.ts";

const directory = () => mkdtempDisposable(join(tmpdir(), "sightline-test-backups-"));

async function write(dir: string, name: string, created: string): Promise<Manifest> {
  const manifest: Manifest = {
    format: 1,
    name,
    created,
    version: "1.0.0",
    postgres: { migrations: [], tables: [], sequences: [] },
    clickhouse: { database: "sightline", inside: true, migrations: [], tables: [] },
    lanes: [],
  };
  await mkdir(join(dir, name));
  await writeManifest(join(dir, name), manifest);
  return manifest;
}

describe("of the backups in a directory", () => {
  const NOW = Date.parse("2026-02-01T00:00:00Z");
  const namesOf = (found: readonly FoundBackup[]) => found.map(({ directory }) => basename(directory));
  const find = (dir: string) => findBackups(dir, NOW);

  test("the oldest are too many, and nothing that is no finished backup", async () => {
    await using dir = await directory();
    await write(dir.path, "b", "2026-01-02T00:00:00.000Z");
    await write(dir.path, "a", "2026-01-03T00:00:00.000Z");
    await write(dir.path, "c", "2026-01-01T00:00:00.000Z");
    await mkdir(join(dir.path, "no-backup"));
    await writeFile(join(dir.path, "note.txt"), "mine");
    const found = await find(dir.path);
    assert.deepEqual(namesOf(found), ["c", "b", "a"]);
    assert.deepEqual(namesOf(beyond(found, 2)), ["c"]);
    assert.deepEqual(namesOf(beyond(found, 2, "a")), ["c"]);
    assert.deepEqual(namesOf(beyond(found, 3)), []);
    for (const old of beyond(found, 1)) await removeBackup(old);
    assert.deepEqual((await readdir(dir.path)).sort(), ["a", "no-backup", "note.txt"]);
  });

  test("the one just made stays, though the clock went back", async () => {
    await using dir = await directory();
    await write(dir.path, "of-2099", "2099-01-01T00:00:00.000Z");
    await write(dir.path, "new", "2026-01-01T00:00:00.000Z");
    assert.deepEqual(namesOf(beyond(await find(dir.path), 1, "new")), ["of-2099"]);
  });

  test("one whose writing broke off is told from one that is being written, and from one that cannot be read", async () => {
    await using dir = await directory();
    for (const [name, seconds] of [
      ["silent", 200],
      ["alive", 10],
    ] as const) {
      await mkdir(join(dir.path, name));
      await (await markUnfinished(join(dir.path, name), "2026-01-31T00:00:00.000Z", () => NOW))[Symbol.asyncDispose]();
      await utimes(join(dir.path, name, "unfinished.json"), NOW / 1000, NOW / 1000 - seconds);
    }
    await mkdir(join(dir.path, "newer"));
    await writeFile(join(dir.path, "newer", "manifest.json"), '{"format": 2}');
    const found = await find(dir.path);
    assert.deepEqual(Object.fromEntries(found.map(({ directory, state }) => [basename(directory), state])), {
      newer: "unreadable",
      silent: "unfinished",
      alive: "being written",
    });
    assert.match(found[0]?.error ?? "", /cannot read .*newer.manifest\.json/);
    assert.deepEqual(beyond(found, 1), []);
  });

  test("there are none where there is no directory; what is none cannot be listed", async () => {
    await using dir = await directory();
    assert.deepEqual(await find(join(dir.path, "missing")), []);
    await writeFile(join(dir.path, "file"), "");
    await assert.rejects(find(join(dir.path, "file")), { message: /^cannot list the backups in .*file/ });
  });
});

describe("a manifest", () => {
  const table = (name: string) => ({ name, rows: 1, bytes: 1, sha256: "x" });
  const changes: readonly [what: string, change: (manifest: Manifest) => unknown][] = [
    ["with a table that is a path", (m) => ({ ...m, postgres: { ...m.postgres, tables: [table("../../etc/x")] } })],
    [
      "with a place on the bus that is no number",
      (m) => ({ ...m, lanes: [{ name: "logs", incarnation: "i", storedSequence: "-1" }] }),
    ],
    ["of a newer form", (m) => ({ ...m, format: 2 })],
    ["with keys that nobody knows", (m) => ({ ...m, more: 1 })],
    ["with a moment that steers a terminal", (m) => ({ ...m, created: "\u001b[31m" })],
  ];
  for (const [what, change] of changes) {
    test(`${what} is refused`, async () => {
      await using dir = await directory();
      const manifest = await write(dir.path, "x", "2026-01-01T00:00:00.000Z");
      assert.deepEqual(await readManifest(join(dir.path, "x")), manifest);
      await writeFile(join(dir.path, "x", "manifest.json"), JSON.stringify(change(manifest)));
      await assert.rejects(readManifest(join(dir.path, "x")), {
        code: "invalid_argument",
        message: /cannot read .*manifest/,
      });
    });
  }
});
