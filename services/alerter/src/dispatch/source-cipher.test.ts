import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecret } from "@sightline/service/secret";
import { createSourceCipher } from "./source-cipher.ts";

const source = "route: { receiver: nobody }\n# é\n";
const [one, other] = ["a".repeat(32), "b".repeat(32)].map(createSecret);
const cipherOf = (key = one, formerKey?: typeof one) => createSourceCipher({ key, formerKey });

test("what is sealed is opened again, and reads as nothing", () => {
  const cipher = cipherOf();
  const sealed = cipher.seal("acme", source);
  assert.match(sealed, /^sealed:1:[0-9a-f]{8}:[A-Za-z0-9+/=]+$/);
  assert.equal(cipher.open("acme", sealed), source);
  assert.notEqual(cipher.seal("acme", source), sealed, "the same text is another each time");
});

test("without a key a text is kept as it is, and it is still read when there is one", () => {
  const plain = createSourceCipher({ key: undefined, formerKey: undefined });
  assert.equal(plain.seal("acme", source), source);
  assert.equal(cipherOf().open("acme", source), source);
});

test("after a change of keys what the former one sealed is opened", () => {
  const sealed = cipherOf(one).seal("acme", source);
  assert.equal(cipherOf(other, one).open("acme", sealed), source);
  assert.throws(() => cipherOf(other).open("acme", sealed), { code: "failed_precondition" });
});

test("what was changed, or belongs to another tenant, is not opened", () => {
  const cipher = cipherOf();
  const sealed = cipher.seal("acme", source);
  assert.throws(() => cipher.open("other", sealed), { code: "data_loss" });
  assert.throws(() => cipher.open("acme", sealed.replace(/.{8}$/, "AAAAAAA=")), { code: "data_loss" });
  assert.throws(() => cipher.open("acme", `${sealed.slice(0, 20)}`), { code: "data_loss" });
});

test("a key that could be guessed is refused", () => {
  assert.throws(() => cipherOf(createSecret("short")), /dispatch.configurationKey: got 5 characters/);
});
