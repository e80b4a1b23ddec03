import assert from "node:assert/strict";
import { test } from "node:test";
import { createApiKey, hashApiKey, isApiKey, prefixOfApiKey } from "./api-key.ts";
import { keyOfHeaders } from "./credentials.ts";
import { hashPassword, verifyPassword } from "./password.ts";

test("a key says what it is for, checks itself and is stored as a hash", () => {
  const made = createApiKey("ingest");
  assert.match(made.key, /^sl_ingest_[0-9A-Za-z]{37}$/);
  assert.equal(isApiKey(made.key), true);
  assert.equal(made.hash, hashApiKey(made.key));
  assert.equal(made.prefix, prefixOfApiKey(made.key));
  assert.ok(made.key.startsWith(made.prefix));
  assert.equal(made.hash.includes(made.key), false);
  assert.notEqual(createApiKey("ingest").key, made.key);
});

test("a mistyped, cut-off or foreign text is no key", () => {
  const { key } = createApiKey("query");
  const swapped = key.slice(0, -8) + (key.at(-8) === "x" ? "y" : "x") + key.slice(-7);
  for (const text of ["", "sl_query_", key.slice(0, -1), `${key}x`, key.toUpperCase(), swapped, ` ${key}`]) {
    assert.equal(isApiKey(text), false, text);
  }
});

test("bytes that would favour some characters are not used", () => {
  const bytes = [255, 248, 0, 61, 247];
  const { key } = createApiKey("admin", (size) =>
    Uint8Array.from({ length: size }, (_, index) => bytes[index % 5] ?? 0),
  );
  assert.match(key, /^sl_admin_0zz/);
});

test("the key is found in the headers that agents use, the standard one first", () => {
  const cases: [headers: Record<string, string>, want: string | undefined][] = [
    [{ authorization: "Bearer abc" }, "abc"],
    [{ authorization: "bearer  abc " }, "abc"],
    [{ authorization: "Bearer abc", "x-api-key": "def" }, "abc"],
    [{ "x-api-key": "def" }, "def"],
    [{ "api-key": "ghi" }, "ghi"],
    [{ authorization: "Basic abc" }, undefined],
    [{}, undefined],
  ];
  for (const [headers, want] of cases)
    assert.equal(
      keyOfHeaders((name) => headers[name]),
      want,
    );
});

test("a password is verified against its hash, and nothing else", async () => {
  const stored = await hashPassword("correct horse");
  assert.match(stored, /^scrypt\$65536\$8\$2\$/);
  assert.equal(await verifyPassword("correct horse", stored), true);
  assert.equal(await verifyPassword("correct hors", stored), false);
  assert.equal(await verifyPassword("correct horse", undefined), false);
  assert.equal(await verifyPassword("correct horse", "plain"), false);
});
