import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRecipient, type Recipient } from "./recipient.ts";

test("recipients are addresses, people, schedules and receivers", () => {
  const f = (text: string, want: Recipient | undefined) => assert.deepEqual(parseRecipient(text), want, text);
  f("ops@example.com", { kind: "email", address: "ops@example.com" });
  f("ann", { kind: "user", user: "ann" });
  f("Ann Lee", { kind: "user", user: "Ann Lee" });
  f("user:ann@example.com", { kind: "user", user: "ann@example.com" });
  f("schedule:platform", { kind: "schedule", schedule: "platform" });
  f("receiver:ops: chat", { kind: "receiver", receiver: "ops: chat" });
  for (const wrong of [
    "",
    "a@b, c@d",
    "Ann <ann@example.com>",
    "@b",
    "a@",
    "schedule:",
    "team:ops",
    "a\nb",
    `${"a".repeat(254)}@b`,
  ]) {
    f(wrong, undefined);
  }
});
