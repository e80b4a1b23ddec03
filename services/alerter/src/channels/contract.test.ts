import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { Outcome, Telling } from "./integration.ts";
import { createIntegration, integrationKinds } from "./integrations.ts";
import { type ChannelCase, channelCases } from "./testing/cases.ts";
import { hang, type Loopback, type Received, startLoopback, text } from "./testing/loopback.ts";
import {
  brokenTemplates,
  fixedTemplates,
  resolvedNotification,
  sampleAlert,
  sampleNotification,
  sampleTelling,
  testRim,
} from "./testing/sample.ts";

/** Kinds that send nothing by HTTP; each has tests of its own. */
const others = ["console", "email", "escalation", "metrics"];

test("every kind of channel keeps the contract", () => {
  const kinds = new Set(integrationKinds.map(({ kind }) => kind));
  assert.deepEqual([...new Set([...channelCases.map(({ kind }) => kind), ...others])].sort(), [...kinds].sort());
});

/** Tells a channel of the case something once. */
async function tell(
  channel: ChannelCase,
  receiver: Pick<Loopback, "url">,
  change: Partial<Telling> & { timeoutMs?: number; allowPrivate?: boolean } = {},
): Promise<Outcome> {
  const { timeoutMs = 2000, allowPrivate = true, ...telling } = change;
  const settings = { ...channel.settings(receiver.url), timeoutMs };
  const integration = createIntegration(channel.kind, settings, testRim({ policy: { allowPrivate } }));
  return integration.send(sampleTelling(telling));
}

for (const channel of channelCases) {
  const name = `${channel.kind} ${Object.keys(channel.settings("")).join(" ")}`;
  describe(`the contract of channels: ${name}`, () => {
    test("a receiver that takes it was told", async () => {
      await using receiver = await startLoopback(channel.yes);
      const outcome = await tell(channel, receiver);
      assert.deepEqual([outcome.delivered, outcome.retryable, outcome.remarks], [true, false, undefined]);
      assert.ok(receiver.received.length > 0);
      assert.equal((await tell(channel, receiver, { notification: resolvedNotification })).delivered, true);
    });

    test("what it answers decides whether to try again", async () => {
      await using receiver = await startLoopback(channel.yes);
      const f = async (code: number, headers: Record<string, string>, retry: boolean, afterMs?: number) => {
        receiver.answer(text(code, "the\n answer", headers));
        const { delivered, retryable, retryAfterMs } = await tell(channel, receiver);
        assert.deepEqual([delivered, retryable, retryAfterMs], [false, retry, afterMs], String(code));
      };
      await f(429, { "retry-after": "7" }, true, 7000);
      await f(500, {}, true);
      await f(503, { "retry-after": "0" }, true, 0);
      await f(400, {}, false);
      await f(401, {}, false);
      await f(404, {}, false);
    });

    test("a redirect is not followed", async () => {
      await using elsewhere = await startLoopback(channel.yes);
      await using receiver = await startLoopback(channel.yes);
      for (const code of [301, 302, 307, 308]) {
        receiver.answer(text(code, "", { location: elsewhere.url }));
        const { delivered, retryable } = await tell(channel, receiver);
        assert.deepEqual([delivered, retryable], [false, false], String(code));
      }
      assert.equal(elsewhere.received.length, 0);
    });

    test("one that hangs, resets or is not there may be tried again", async () => {
      await using receiver = await startLoopback(channel.yes);
      receiver.answer(hang, (response) => response.destroy());
      const hung = await tell(channel, receiver, { timeoutMs: 100 });
      assert.deepEqual([hung.delivered, hung.retryable, hung.failure], [false, true, "deadline_exceeded"]);
      const reset = await tell(channel, receiver);
      assert.deepEqual([reset.delivered, reset.retryable], [false, true]);
      const nobody = await tell(channel, { url: "http://127.0.0.1:1" });
      assert.deepEqual([nobody.delivered, nobody.retryable, nobody.failure], [false, true, "unavailable"]);
    });

    test("an answer that does not end or is endless holds nobody up", async () => {
      await using receiver = await startLoopback(channel.yes);
      const slow = (code: number) =>
        receiver.answer((response) => {
          response.writeHead(code, { "content-type": "text/plain" });
          response.write("");
        });
      slow(200);
      const slowly = await tell(channel, receiver, { timeoutMs: 500 });
      // Who has only been asked something has been told nothing.
      const taken = channel.asksFirst !== true;
      assert.deepEqual([slowly.delivered, slowly.retryable], [taken, !taken]);
      slow(500);
      assert.equal((await tell(channel, receiver, { timeoutMs: 200 })).retryable, true);
      receiver.answer(text(500, "x".repeat(10_000_000)));
      const { retryable, outcome } = await tell(channel, receiver);
      assert.equal(retryable, true);
      assert.ok(outcome.length < 600, `${outcome.length}`);
      receiver.answer(text(400, "x".repeat(10_000_000)));
      assert.equal((await tell(channel, receiver)).retryable, false);
    });

    test("private receivers are refused unless they are allowed", async () => {
      await using receiver = await startLoopback(channel.yes);
      const { delivered, retryable, failure } = await tell(channel, receiver, { allowPrivate: false });
      assert.deepEqual([delivered, retryable, failure], [false, false, "permission_denied"]);
      assert.equal(receiver.received.length, 0);
    });

    test("no outcome holds a secret", async () => {
      const echo = (code: number) =>
        startLoopback((response, { path, headers, body }) => {
          const told = `${path} ${JSON.stringify(headers)} ${body}`;
          response.writeHead(code, { "content-type": "application/json" });
          response.end(JSON.stringify({ ok: false, error: told, message: told, description: told, errors: [told] }));
        });
      for (const code of [200, 400, 403, 500]) {
        await using receiver = await echo(code);
        hidden(await tell(channel, receiver));
      }
      hidden(await tell(channel, { url: "http://127.0.0.1:1" }));
      hidden(await tell(channel, { url: "http://127.0.0.1:1" }, { allowPrivate: false }));
      await using silent = await startLoopback(hang);
      hidden(await tell(channel, silent, { timeoutMs: 50 }));
    });

    function hidden(outcome: Outcome): void {
      const told = JSON.stringify(outcome);
      for (const secret of channel.secrets) assert.ok(!told.includes(secret), `${secret} in ${told}`);
    }

    test("settings do not show a secret either", () => {
      const integration = createIntegration(channel.kind, channel.settings("http://127.0.0.1:1"), testRim());
      const told = JSON.stringify(integration);
      for (const secret of channel.secrets) assert.ok(!told.includes(secret), secret);
    });

    test("calling off is no outcome", async () => {
      await using receiver = await startLoopback(hang);
      const stop = new AbortController();
      const telling = tell(channel, receiver, { signal: stop.signal });
      stop.abort();
      await assert.rejects(telling, (error) => error instanceof AppError && error.code === "cancelled");
    });

    test("templates that fail leave the alert in plain form, which says so", async () => {
      await using receiver = await startLoopback(channel.yes);
      const outcome = await tell(channel, receiver, { templates: brokenTemplates });
      assert.equal(outcome.delivered, true);
      // In forms a space is a plus.
      const sent = receiver.received.map(({ body }) => body.replaceAll("+", " ")).join("\n");
      assert.match(sent, /web-1/);
      if (channel.templates === false) return;
      assert.match(outcome.remarks?.join("\n") ?? "", /cannot fill in the template of/);
      assert.match(sent, /function is not defined/);
    });

    test("texts are cut to what the receiver takes, between characters", async () => {
      const huge = '\u{1f525}é"<&`*_\n'.repeat(20_000);
      const labels = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`label_${i}`, huge.slice(0, 200)]));
      const alerts = Array.from({ length: 100 }, (_, i) =>
        sampleAlert({
          labels: { ...labels, alertname: "a", i: String(i) },
          annotations: { text: huge.slice(0, 1000) },
        }),
      );
      await using receiver = await startLoopback(channel.yes);
      for (const templates of [fixedTemplates(huge), brokenTemplates]) {
        const notification = sampleNotification({ alerts, groupLabels: labels });
        assert.equal((await tell(channel, receiver, { notification, templates })).delivered, true);
      }
      const { isMessage = ({ method }: Received) => method === "POST" } = channel;
      const messages = receiver.received.filter(isMessage);
      assert.ok(messages.length >= 2);
      for (const received of messages) {
        assert.ok(received.body.isWellFormed());
        const [first, ...rest] = channel.bounded(received);
        assert.ok(first !== undefined && first[1] !== "", "there is a text for people");
        for (const [name, said, max] of [first, ...rest]) {
          assert.ok(Array.from(said).length <= max, `${name}: ${Array.from(said).length}, want ${max}`);
        }
        const bytes = Buffer.byteLength(received.body);
        assert.ok(bytes <= (channel.maxBodyBytes ?? Number.POSITIVE_INFINITY), `${bytes} bytes`);
      }
    });

    test("a setting that nobody knows is an error that names it", () => {
      const settings = { ...channel.settings("http://127.0.0.1:1"), colour: "red" };
      assert.throws(
        () => createIntegration(channel.kind, settings, testRim()),
        (error) =>
          error instanceof AppError &&
          error.code === "invalid_argument" &&
          error.message.includes(channel.kind) &&
          error.message.includes("colour"),
      );
    });
  });
}
