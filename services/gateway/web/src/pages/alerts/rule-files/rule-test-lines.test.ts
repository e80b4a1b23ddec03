import assert from "node:assert/strict";
import { test } from "node:test";
import { testLines } from "./rule-test-lines.ts";

const dry = {
  routing: {
    sentence: "ops (slack[0]) would be told at once.",
    routes: [{ receiver: "ops", integrations: ["slack[0]"] }],
  },
  recipients: [
    { recipient: "ann", receiver: "recipient:ann", integrations: ["escalation[0]"] },
    { recipient: "receiver:gone", receiver: "", integrations: [] },
  ],
  channels: ["hook"],
  told: [],
};

test("who would be told is said before anybody is", () => {
  assert.deepEqual(testLines(dry), [
    { text: "ops (slack[0]) would be told at once.", state: "plain" },
    { text: "ann would be told by escalation[0], as the rule says.", state: "plain" },
    { text: "receiver:gone: nobody can tell them", state: "bad" },
    { text: "The channel hook would be told, as the rule says.", state: "plain" },
  ]);
});

test("what each answered is said when they were", () => {
  const one = (integration: string, delivered: boolean) => ({ integration, delivered, sentence: `${integration}!` });
  const told = [
    { receiver: "ops", resolved: false, integrations: [one("slack[0]", true)], problem: "" },
    { receiver: "ops", resolved: true, integrations: [one("slack[0]", false)], problem: "" },
    { receiver: "recipient:ann", resolved: false, integrations: [one("escalation[0]", false)], problem: "" },
    { receiver: "nobody", resolved: false, integrations: [], problem: "" },
    { receiver: "nobody", resolved: true, integrations: [], problem: "" },
    { receiver: "channel:hook", resolved: false, integrations: [], problem: "it is gone" },
  ];
  assert.deepEqual(testLines({ ...dry, told }), [
    { text: "ops: slack[0]!", state: "well" },
    { text: "ops, that it is over: slack[0]!", state: "bad" },
    { text: "recipient:ann: escalation[0]!", state: "plain" },
    { text: "nobody tells nobody.", state: "plain" },
    { text: "channel:hook: it is gone", state: "bad" },
  ]);
});
