import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecret } from "@sightline/service/secret";
import { createSeal } from "./seal.ts";

const text = "route: { receiver: nobody }\n# é\n";
const [one, other] = ["a".repeat(32), "b".repeat(32)].map(createSecret);
const sealOf = (key = one, formerKey?: typeof one) => createSeal({ key, formerKey });

test("what is sealed is opened again, and reads as nothing", () => {
  const seal = sealOf();
  const sealed = seal.seal("acme", text);
  assert.match(sealed, /^sealed:1:[0-9a-f]{8}:[A-Za-z0-9+/=]+$/);
  assert.ok(seal.prefix !== undefined && sealed.startsWith(seal.prefix));
  assert.equal(seal.open("acme", sealed), text);
  assert.notEqual(seal.seal("acme", text), sealed, "the same text is another each time");
  assert.equal(seal.seal("acme", ""), "", "nothing is no secret");
});

test("without a key a text is kept as it is, and it is still read when there is one", () => {
  const plain = createSeal({});
  assert.deepEqual([plain.seal("acme", text), plain.prefix], [text, undefined]);
  assert.equal(sealOf().open("acme", text), text);
  // It would be taken for sealed.
  assert.throws(() => plain.seal("acme", "sealed:1:odd"), { code: "invalid_argument" });
  assert.equal(sealOf().open("acme", sealOf().seal("acme", "sealed:1:odd")), "sealed:1:odd");
});

test("after a change of keys what the former one sealed is opened", () => {
  const sealed = sealOf(one).seal("acme", text);
  assert.equal(sealOf(other, one).open("acme", sealed), text);
  assert.throws(() => sealOf(other).open("acme", sealed), {
    code: "failed_precondition",
    message: /key [0-9a-f]{8} is not configured; where it is lost, see sightlinectl seals$/,
  });
});

test("what was changed, or belongs to another owner, is not opened", () => {
  const seal = sealOf();
  const sealed = seal.seal("acme", text);
  assert.throws(() => seal.open("other", sealed), { code: "data_loss" });
  assert.throws(() => seal.open("acme", sealed.replace(/.{8}$/, "AAAAAAA=")), { code: "data_loss" });
  assert.throws(() => seal.open("acme", `${sealed.slice(0, 20)}`), { code: "data_loss" });
});

test("a key that could be guessed is refused", () => {
  assert.throws(() => sealOf(createSecret("short")), /seal.key: got 5 characters/);
});
