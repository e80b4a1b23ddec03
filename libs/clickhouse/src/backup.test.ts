import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertBackupPlace } from "./backup.ts";

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
