import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertBackupPlace, withoutKeys } from "./backup-place.ts";

describe("places of backups", () => {
  const good = [
    "File('/backups/x')",
    "Disk('backups', 'x')",
    "S3('https://bucket.example/x', 'key', 'it\\'s secret')",
    "S3(backups, 'x')",
    "AzureBlobStorage('connection', 'container', 'x')",
  ];
  for (const place of good) test(`${place} is let through`, () => assertBackupPlace(place));

  const bad = [
    "",
    "File('/x'); DROP DATABASE sightline",
    "File('/x') SETTINGS password = 'y'",
    "File('/x\\')",
    "File(concat('a', 'b'))",
    "Memory('x')",
    "File('a' 'b')",
    "File('/x'))",
  ];
  for (const place of bad) {
    test(`${place} is refused`, () => assert.throws(() => assertBackupPlace(place), { code: "invalid_argument" }));
  }
});

describe("what is said about a place", () => {
  const cases: readonly [place: string, said: string, want: string][] = [
    ["File('/backups/x')", "no /backups/x", "no /backups/x"],
    [
      "S3('https://b.example/x', 'AKIAKEY', 'it\\'s mine')",
      "https://b.example/x with AKIAKEY and it\\'s mine",
      "https://b.example/x with … and …",
    ],
    ["S3(collection, 'x')", "no collection", "no collection"],
    ["AzureBlobStorage('AccountKey=1', 'c')", "cannot use AccountKey=1", "cannot use …"],
    ["S3('https://b.example/x', '')", "as it was", "as it was"],
  ];
  for (const [place, said, want] of cases) {
    test(`${place} has no keys in it`, () => assert.equal(withoutKeys(said, place), want));
  }
});
