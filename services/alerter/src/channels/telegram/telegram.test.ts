import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

const yes = json(200, { ok: true, result: { message_id: 1, chat: { id: -42 } } });
const said = (received: { readonly body: string } | undefined) => JSON.parse(received?.body ?? "");

function bot(url: string, change: object = {}) {
  return createIntegration("telegram", { apiUrl: url, botToken: "123:abc", chatId: -42, ...change }, testRim());
}

/** Alertmanager's TestTelegramNotify (notify/telegram/telegram_test.go, Apache-2.0). */
test("messages as long as they may be", async () => {
  await using receiver = await startLoopback(yes);
  const f = async (parseMode: string, message: string, want: RegExp) => {
    const { delivered } = await bot(receiver.url, { parseMode, message }).send(sampleTelling());
    assert.equal(delivered, true);
    assert.match(said(receiver.received.at(-1)).text, want);
  };
  await f("", "<code>x < y</code>", /^<code>x < y<\/code>$/);
  await f("", "y".repeat(5000), /^y{4095}…$/);
  await f("", "b".repeat(100), /^b{100}$/);
  await f("HTML", "a".repeat(100), /^a{100}$/);
  // Alertmanager says only that it was too long.
  await f("HTML", "x".repeat(5000), /^\[FIRING:1\] High CPU usage .*longer than 4096 characters/s);
  assert.equal(said(receiver.received.at(-1)).parse_mode, undefined);
});

test("what goes with a message", async () => {
  await using receiver = await startLoopback(yes);
  const settings = { messageThreadId: 7, disableNotifications: true, message: "{{ .x }}" };
  await bot(receiver.url, settings).send(sampleTelling({ templates: fixedTemplates("<b>x</b>") }));
  assert.equal(receiver.received[0]?.path, "/bot123:abc/sendMessage");
  assert.deepEqual(said(receiver.received[0]), {
    chat_id: -42,
    text: "<b>x</b>",
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    disable_notification: true,
    message_thread_id: 7,
  });
});

test("what it says of a limit counts", async () => {
  await using receiver = await startLoopback(
    json(429, { ok: false, error_code: 429, description: "Too Many Requests", parameters: { retry_after: 21 } }),
  );
  const outcome = await bot(receiver.url).send(sampleTelling());
  assert.deepEqual([outcome.retryable, outcome.retryAfterMs, outcome.failure], [true, 21_000, "rate_limited"]);
});

test("a group that has become a supergroup is followed, and stays known", async () => {
  await using receiver = await startLoopback(yes);
  const moved = json(400, {
    ok: false,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: -1001 },
  });
  receiver.answer(moved);
  const outcome = await bot(receiver.url).send(sampleTelling());
  assert.deepEqual([outcome.delivered, outcome.receiverData], [true, { movedTo: -1001 }]);
  await bot(receiver.url).send(sampleTelling({ receiverData: { movedTo: -1001 } }));
  assert.deepEqual(
    receiver.received.map((received) => said(received).chat_id),
    [-42, -1001, -1001],
  );
});

test("markup that Telegram cannot read is sent as plain text, which says so", async () => {
  await using receiver = await startLoopback(yes);
  receiver.answer(json(400, { ok: false, description: "Bad Request: can't parse entities: unsupported start tag" }));
  const outcome = await bot(receiver.url).send(sampleTelling());
  assert.equal(outcome.delivered, true);
  assert.match(outcome.remarks?.join() ?? "", /unsupported start tag/);
  const { text, parse_mode } = said(receiver.received[1]);
  assert.match(text, /web-1/);
  assert.match(text, /unsupported start tag/);
  assert.equal(parse_mode, undefined);
});
