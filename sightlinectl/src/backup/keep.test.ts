import assert from "node:assert/strict";
import { mkdir, mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { keepNewest, listBackups } from "./keep.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";

const directory = () => mkdtempDisposable(join(tmpdir(), "sightline-test-backups-"));

async function write(dir: string, name: string, created: string): Promise<Manifest> {
  const manifest: Manifest = {
    format: 1,
    name,
    created,
    postgres: { migrations: [], tables: [], sequences: [] },
    clickhouse: { database: "sightline", inside: true, tables: [] },
    lanes: [],
  };
  await mkdir(join(dir, name));
  await writeManifest(join(dir, name), manifest);
  return manifest;
}

describe("of the backups in a directory", () => {
  test("the oldest go, and nothing that is no finished backup", async () => {
    await using dir = await directory();
    await write(dir.path, "b", "2026-01-02T00:00:00.000Z");
    await write(dir.path, "a", "2026-01-03T00:00:00.000Z");
    await write(dir.path, "c", "2026-01-01T00:00:00.000Z");
    await mkdir(join(dir.path, "unfinished"));
    await writeFile(join(dir.path, "note.txt"), "mine");
    const removed = await keepNewest(dir.path, 2, "a");
    assert.deepEqual(
      removed.map(({ manifest }) => manifest.name),
      ["c"],
    );
    assert.deepEqual((await readdir(dir.path)).sort(), ["a", "b", "note.txt", "unfinished"]);
    assert.deepEqual(
      (await listBackups(dir.path)).map(({ manifest }) => manifest.name),
      ["b", "a"],
    );
  });

  test("the one just made stays, though the clock went back", async () => {
    await using dir = await directory();
    await write(dir.path, "of-2099", "2099-01-01T00:00:00.000Z");
    await write(dir.path, "new", "2026-01-01T00:00:00.000Z");
    await keepNewest(dir.path, 1, "new");
    assert.deepEqual(await readdir(dir.path), ["new"]);
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
