// What Slack tells of buttons that people press, and what becomes of the message.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { groupTag } from "../group-tag.ts";
import { createIntegration } from "../integrations.ts";
import type { Pressed } from "../interaction.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { resolvedNotification, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";
import { readSlackInteraction } from "./interaction.ts";

const tag = groupTag("default", sampleNotification().groupKey);
const replyUrl = "https://hooks.slack.com/actions/T1/1/x";

const elementForm = z.looseObject({ type: z.string(), action_id: z.string().optional() });
const messageForm = z.looseObject({
  replace_original: z.boolean().optional(),
  text: z.string().optional(),
  attachments: z
    .array(
      z.looseObject({
        color: z.string(),
        blocks: z.array(z.looseObject({ type: z.string(), elements: z.array(elementForm).optional() })),
      }),
    )
    .default([]),
});
type Message = z.infer<typeof messageForm>;

/** A message as it is posted. */
async function posted(change: Parameters<typeof sampleTelling>[0] = {}): Promise<Message> {
  await using receiver = await startLoopback(json(200, { ok: true, channel: "C1", ts: "1.2" }));
  const settings = {
    appUrl: `${receiver.url}/api/chat.postMessage`,
    ...{ appToken: "xoxb-1", channel: "#ops", layout: "blocks", text: "", interactive: true },
  };
  const { delivered } = await createIntegration("slack", settings, testRim()).send(sampleTelling(change));
  assert.ok(delivered);
  return messageForm.parse(JSON.parse(receiver.received[0]?.body ?? ""));
}

const lastBlocks = ({ attachments }: Message) => {
  const blocks = attachments[0]?.blocks ?? [];
  assert.ok(blocks.length >= 2);
  return { line: blocks.at(-2)?.elements ?? [], buttons: blocks.at(-1)?.elements ?? [] };
};
const idsOf = (message: Message) => lastBlocks(message).buttons.map(({ action_id: id = "" }) => id);
const linesOf = (message: Message) => lastBlocks(message).line.map((element) => element["text"]);

/** As Slack tells it: with ids for the blocks. */
function payloadOf(message: Message | undefined, used: object, change: object = {}): object {
  const attachments = message?.attachments.map(({ blocks, ...rest }) => ({
    ...{ id: 1, ...rest },
    blocks: blocks.map((block, index) => ({ ...block, block_id: `b${index}` })),
  }));
  return {
    type: "block_actions",
    team: { id: "T1", domain: "acme" },
    user: { id: "U1", username: "ann", name: "ann", team_id: "T1" },
    container: { type: "message", message_ts: "1.2", channel_id: "C1" },
    channel: { id: "C1", name: "ops" },
    response_url: replyUrl,
    actions: [{ block_id: "b4", action_ts: "1.3", type: "button", ...used }],
    ...(message !== undefined && { message: { type: "message", ...message, attachments } }),
    ...change,
  };
}

const acting = (verb: string) => `sightline_act_${verb}`;

test("what is pressed is read from the buttons as they were posted", async () => {
  const { buttons } = lastBlocks(await posted());
  const pressOf = (id: string, used: object) => {
    const element = buttons.find(({ action_id: known }) => known === id);
    assert.ok(element, id);
    return readSlackInteraction(payloadOf(undefined, { ...element, ...used })).press;
  };
  assert.deepEqual(pressOf(acting("acknowledge"), {}), { verb: "acknowledge", groupTag: tag });
  assert.deepEqual(pressOf(acting("resolve"), {}), { verb: "resolve", groupTag: tag });
  const options = z.array(z.object({ value: z.string().max(75) })).parse(buttons[1]?.["options"]);
  const chosen = options.map((option) => pressOf(acting("snooze"), { selected_option: option }));
  assert.deepEqual(
    chosen.map((press) => press?.verb === "snooze" && press.forMs / 60_000),
    [30, 60, 240, 1440],
  );
  for (const { action_id: id = "" } of buttons.slice(3)) assert.equal(pressOf(id, {}), undefined, `${id} is a link`);
});

test("who pressed is known by name, else by id, and where", () => {
  const f = (change: object, name: string, note: string) => {
    const read = readSlackInteraction(payloadOf(undefined, { action_id: "x" }, change));
    assert.deepEqual([read.name, read.program, read.note], [name, "Slack", note]);
  };
  f({}, "ann", "in #ops, as U1");
  f({ user: { id: "U1", name: "bob" } }, "bob", "in #ops, as U1");
  f({ user: { id: "U1", username: " " }, channel: null }, "U1", "as U1");
});

test("the message shows who takes care, and what can be done next", async () => {
  const original = await posted();
  const f = (pressed: Pressed, want: { color: string; line: RegExp; acts: string[] }, message = original) => {
    const reply = readSlackInteraction(payloadOf(message, { action_id: "x" })).reply(pressed);
    assert.equal(reply?.request.url, replyUrl);
    const replaced = messageForm.parse(reply?.request.json);
    const [line, known] = linesOf(replaced);
    assert.match(String(line), want.line);
    assert.equal(known, "CPU is high · Receiver ops");
    assert.equal(linesOf(replaced).length, 2);
    assert.deepEqual([replaced.replace_original, replaced.attachments[0]?.color], [true, want.color]);
    const ids = idsOf(replaced);
    assert.deepEqual(
      ids.filter((id) => id.startsWith(acting(""))),
      want.acts.map(acting),
    );
    assert.ok(ids.includes("sightline_open"), "links stay");
    assert.deepEqual(replaced.attachments[0]?.blocks.slice(0, -2), message.attachments[0]?.blocks.slice(0, -2));
    return replaced;
  };
  const done = (verb: "acknowledge" | "unacknowledge" | "resolve", by = "ann"): Pressed => ({ kind: "done", verb, by });
  const taken = f(done("acknowledge"), {
    color: "warning",
    line: /^Acknowledged by ann$/,
    acts: ["unacknowledge", "snooze", "resolve"],
  });
  const open = {
    color: "danger",
    line: /^Un-acknowledged by &lt;!here&gt;$/,
    acts: ["acknowledge", "snooze", "resolve"],
  };
  f(done("unacknowledge", "<!here>"), open, taken);
  const snoozed: Pressed = { kind: "done", verb: "snooze", by: "ann", untilMs: Date.UTC(2026, 10, 21, 12) };
  const later = /^Snoozed by ann until <!date\^1795262400\^\{date_short_pretty\} \{time\}\|2026-11-21 12:00 UTC>$/;
  f(snoozed, { color: "warning", line: later, acts: ["unacknowledge", "snooze", "resolve"] });
  f(done("resolve"), { color: "good", line: /^Resolved by ann$/, acts: [] }, taken);
  f({ kind: "over" }, { color: "good", line: /^Nothing of it fires any more$/, acts: [] });
});

test("where there is no message of ours only who pressed is told", () => {
  const f = (message: unknown) => {
    const { reply } = readSlackInteraction(payloadOf(undefined, { action_id: "x" }, { message }));
    assert.deepEqual(reply({ kind: "over" })?.request.json, {
      response_type: "ephemeral",
      replace_original: false,
      text: "Nothing of it fires any more",
    });
  };
  f(undefined);
  f({ text: "somebody else's", blocks: [{ type: "section" }] });
  f({ attachments: "none" });
  f({ attachments: [{ blocks: [{ type: "actions", elements: [{ type: "button", action_id: "sightline_open" }] }] }] });
});

test("of a group that is not known only who pressed hears, and the message stays as it is", async () => {
  const { reply } = readSlackInteraction(payloadOf(await posted(), { action_id: "x" }));
  assert.deepEqual(reply({ kind: "unknown" })?.request.json, {
    response_type: "ephemeral",
    replace_original: false,
    text: "Cannot find this group any more; open Sightline",
  });
});

test("a message says who takes care as long as somebody does, whatever its news is", async () => {
  const care = { by: "ann", note: "on it", atMs: 0 };
  const message = await posted({ care });
  assert.deepEqual(linesOf(message)[0], "Acknowledged by ann: on it");
  assert.equal(idsOf(message)[0], acting("unacknowledge"));
  assert.match(
    String(linesOf(await posted({ care: { ...care, untilMs: 1000 } }))[0]),
    /^Snoozed by ann until .*: on it$/,
  );
  const over = await posted({ notification: resolvedNotification });
  assert.deepEqual(idsOf(over), ["sightline_runbook", "sightline_open"]);
});

test("payloads of which one thing after the other is something else are read, or refused in words", async () => {
  const element = { action_id: acting("acknowledge"), value: tag };
  const payload = payloadOf(await posted(), element);
  const hostile: unknown[] = [null, 7, "x".repeat(300), [], {}, [7], true, { value: {} }, "\u0000\ud800"];
  let read = 0;
  const tryOne = (value: unknown) => {
    try {
      const { press, reply } = readSlackInteraction(value);
      JSON.stringify([press, reply({ kind: "over" })?.request]);
      read++;
    } catch (thrown) {
      const error = AppError.from(thrown);
      assert.equal(error.code, "invalid_argument", `${error.stack}`);
      assert.match(error.message, /^cannot read the interaction: /);
    }
  };
  for (const change of changesOf(payload, hostile)) tryOne(change);
  assert.ok(read > 100, `${read} were read`);
  for (const value of ["", "x", tag.slice(1), `${tag} `, tag.toUpperCase()]) {
    const used = { ...element, value };
    assert.throws(() => readSlackInteraction(payloadOf(undefined, used)), /value: got .*, want the tag of a group/);
  }
  for (const value of [tag, `0 ${tag}`, `-1 ${tag}`, `1e3 ${tag}`, `9999999 ${tag}`, "60 x"]) {
    const used = { action_id: acting("snooze"), selected_option: { value } };
    assert.throws(() => readSlackInteraction(payloadOf(undefined, used)), /value: got /);
  }
  assert.throws(() => readSlackInteraction(payloadOf(undefined, { action_id: acting("delete") })), /want one of ours/);
  const dialog = readSlackInteraction({ type: "view_submission", view: {} });
  assert.deepEqual([dialog.press, dialog.reply({ kind: "over" })], [undefined, undefined]);
});

/** The value with each of its parts replaced, one at a time. */
function* changesOf(value: unknown, others: readonly unknown[]): Generator<unknown> {
  yield* others;
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const changed of changesOf(part, others)) {
      yield Array.isArray(value)
        ? value.map((item, index) => (String(index) === key ? changed : item))
        : { ...value, [key]: changed };
    }
  }
}
