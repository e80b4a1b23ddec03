import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOfRequest } from "./request-key.ts";

const KEY = "sl_ingest_0123456789abcdefghij";
const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a key is found wherever senders can put one", () => {
  const cases: [name: string, headers: Readonly<Record<string, string>>, want: string | undefined][] = [
    ["Bearer", { authorization: `Bearer ${KEY}` }, KEY],
    ["Basic, as password", { authorization: `Basic ${base64(`acme:${KEY}`)}` }, KEY],
    ["Basic in other case", { authorization: `basic ${base64(`acme:${KEY}`)}` }, KEY],
    ["Basic, as user without password", { authorization: `Basic ${base64(`${KEY}:`)}` }, KEY],
    ["Basic, as user alone", { authorization: `Basic ${base64(KEY)}` }, KEY],
    ["Basic, a password with colons", { authorization: `Basic ${base64("user:a:b")}` }, "a:b"],
    ["ApiKey of id and key", { authorization: `ApiKey ${base64(`id:${KEY}`)}` }, KEY],
    ["ApiKey as it is", { authorization: `ApiKey ${KEY}` }, KEY],
    ["x-api-key", { "x-api-key": KEY }, KEY],
    ["api-key", { "api-key": KEY }, KEY],
    ["none", {}, undefined],
    ["a scheme that is not known", { authorization: "Digest username=x" }, undefined],
    ["nothing behind Basic", { authorization: "Basic" }, undefined],
    ["a tenant is no key", { "x-scope-orgid": "acme" }, undefined],
  ];
  for (const [name, headers, want] of cases)
    assert.equal(
      keyOfRequest((header) => headers[header]),
      want,
      name,
    );
});
