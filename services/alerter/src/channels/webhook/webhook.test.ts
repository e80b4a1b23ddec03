import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { WebhookChannel } from "@sightline/proto/sightline/alert/v1/alert_service";
import type { Alert } from "../../alerts/alert.ts";
import { hang, type Receiver, startReceiver, status } from "../../testing/receiver.ts";
import { createNotice, type NoticeAlert } from "../notice.ts";
import { checkWebhook, parseRetryAfter, tellWebhook, webhookRetry } from "./webhook.ts";

const firedAt = new Date("2026-11-21T01:50:39.123Z");

function told(change: Partial<Alert> = {}, state: NoticeAlert["status"] = "firing"): NoticeAlert {
  const alert: Alert = {
    tenant: "default",
    alertId: "018bcfe5-6800-7bab-abab-abababababab",
    ruleId: "018bcfe5-6800-7bab-abab-abababababac",
    ruleName: "High CPU usage",
    fingerprint: "0123456789abcdef",
    state,
    severity: "warning",
    labels: { alertname: "High CPU usage", severity: "warning", host: "web-1" },
    annotations: { runbook_url: "http://run/book" },
    summary: "CPU of web-1 is at 93 %",
    value: 93,
    pendingSince: null,
    firedAt,
    acknowledgedAt: null,
    acknowledgedBy: "",
    resolvedAt: null,
    resolvedBy: "",
    origin: "rule",
    ruleFile: "",
    ruleGroup: "",
    recipients: [],
    ...change,
  };
  return { alert, status: state };
}

const notice = createNotice([told()], { channel: "ops", externalUrl: "http://sightline" });

function channel(receiver: Pick<Receiver, "url">, change: Partial<WebhookChannel> = {}): WebhookChannel {
  return { ...WebhookChannel.fromPartial({ url: receiver.url, timeoutMs: 2000 }), ...change };
}

const options = {
  policy: { allowPrivate: true },
  nowMs: firedAt.getTime(),
  signal: new AbortController().signal,
};

test("sends what the receivers of Alertmanager read", async () => {
  await using receiver = await startReceiver();
  const outcome = await tellWebhook(channel(receiver, { bearerToken: "s3cret" }), notice, options);
  assert.deepEqual(outcome, { delivered: true, outcome: "200 ok", retryable: false });
  const [got] = receiver.received;
  assert.equal(got?.headers.authorization, "Bearer s3cret");
  assert.equal(got?.headers["content-type"], "application/json");
  assert.deepEqual(got?.body, {
    version: "4",
    groupKey: '{}:{alertname="High CPU usage"}',
    truncatedAlerts: 0,
    status: "firing",
    receiver: "ops",
    groupLabels: { alertname: "High CPU usage" },
    commonLabels: { alertname: "High CPU usage", severity: "warning", host: "web-1" },
    commonAnnotations: { summary: "CPU of web-1 is at 93 %", runbook_url: "http://run/book" },
    externalURL: "http://sightline",
    alerts: [
      {
        status: "firing",
        labels: { alertname: "High CPU usage", severity: "warning", host: "web-1" },
        annotations: { summary: "CPU of web-1 is at 93 %", runbook_url: "http://run/book" },
        startsAt: "2026-11-21T01:50:39.123000000Z",
        endsAt: "0001-01-01T00:00:00Z",
        generatorURL: "http://sightline/alerts/018bcfe5-6800-7bab-abab-abababababab",
        fingerprint: "0123456789abcdef",
      },
    ],
  });
});

test("several alerts go together, with what they have in common", async () => {
  await using receiver = await startReceiver();
  const labels = { alertname: "High CPU usage", severity: "warning", host: "web-2" };
  const resolved = told(
    { labels, fingerprint: "f".repeat(16), resolvedAt: new Date(firedAt.getTime() + 1) },
    "resolved",
  );
  const both = createNotice([told(), resolved], { channel: "ops", externalUrl: "http://sightline" });
  await tellWebhook(channel(receiver), both, options);
  const body = receiver.received[0]?.body;
  assert.equal(body?.status, "firing");
  assert.deepEqual(body?.commonLabels, { alertname: "High CPU usage", severity: "warning" });
  assert.deepEqual(
    body?.alerts.map((alert) => [alert.status, alert.endsAt]),
    [
      ["firing", "0001-01-01T00:00:00Z"],
      ["resolved", "2026-11-21T01:50:39.124000000Z"],
    ],
  );
  assert.equal(receiver.received[0]?.headers.authorization, undefined);
});

test("what a receiver answers decides whether to try again", async () => {
  await using receiver = await startReceiver();
  const f = async (code: number, headers: Record<string, string>, want: object) => {
    receiver.answer(status(code, headers, "the\n answer"));
    assert.deepEqual(await tellWebhook(channel(receiver), notice, options), want, String(code));
  };
  await f(204, {}, { delivered: true, outcome: "204", retryable: false });
  await f(400, {}, { delivered: false, outcome: "400 the answer", retryable: false });
  await f(404, {}, { delivered: false, outcome: "404 the answer", retryable: false });
  await f(
    429,
    { "retry-after": "7" },
    { delivered: false, outcome: "429 the answer", retryable: true, retryAfterMs: 7000 },
  );
  await f(500, {}, { delivered: false, outcome: "500 the answer", retryable: true });
  await f(
    503,
    { "retry-after": "0" },
    { delivered: false, outcome: "503 the answer", retryable: true, retryAfterMs: 0 },
  );
  const redirect = { delivered: false, outcome: "302: redirects are not followed", retryable: false };
  await f(302, { location: receiver.url }, redirect);
  await f(307, { location: receiver.url }, { ...redirect, outcome: "307: redirects are not followed" });
  assert.equal(receiver.received.length, 8);
});

test("a receiver that hangs, resets or is not there may be tried again", async () => {
  await using receiver = await startReceiver();
  receiver.answer(hang, (response) => response.destroy());
  const hung = await tellWebhook(channel(receiver, { timeoutMs: 100 }), notice, options);
  assert.equal(hung.retryable, true);
  assert.match(hung.outcome, /no answer within 100 ms/);
  const reset = await tellWebhook(channel(receiver), notice, options);
  assert.deepEqual([reset.delivered, reset.retryable], [false, true]);
  const nobody = await tellWebhook(channel({ url: "http://127.0.0.1:1/" }), notice, options);
  assert.deepEqual([nobody.delivered, nobody.retryable], [false, true]);
  assert.match(nobody.outcome, /ECONNREFUSED/);
});

test("what was answered counts, whatever becomes of the body", async () => {
  await using receiver = await startReceiver();
  const endless = (response: ServerResponse) => void response.writeHead(200).write("taken");
  const long = (response: ServerResponse) => response.end("x".repeat(2 * 1024 * 1024));
  receiver.answer(endless, long);
  const held = await tellWebhook(channel(receiver, { timeoutMs: 200 }), notice, options);
  assert.deepEqual(held, { delivered: true, outcome: "200 taken", retryable: false });
  assert.equal((await tellWebhook(channel(receiver), notice, options)).delivered, true);
  assert.equal(receiver.received.length, 2);
});

test("neither the path of its URL nor its token is told by any outcome", async () => {
  await using receiver = await startReceiver();
  const url = new URL("/services/T0/SECRET?key=S3CRET", receiver.url).href;
  const token = "t0ken";
  receiver.answer(status(404, {}, `Cannot POST /services/T0/SECRET?key=S3CRET by ${token}`), hang);
  const f = async (at: string, want: RegExp) => {
    const { outcome } = await tellWebhook(
      channel({ url: at }, { bearerToken: token, timeoutMs: 200 }),
      notice,
      options,
    );
    assert.match(outcome, want);
    assert.doesNotMatch(outcome, /SECRET|S3CRET|t0ken/);
  };
  await f(url, /^404 Cannot POST \/… by \/…$/);
  await f(url, /no answer within 200 ms/);
  await f("http://127.0.0.1:1/services/T0/SECRET", /ECONNREFUSED/);
});

test("private receivers are refused unless they are allowed", async () => {
  await using receiver = await startReceiver();
  const outcome = await tellWebhook(channel(receiver), notice, { ...options, policy: { allowPrivate: false } });
  assert.deepEqual([outcome.delivered, outcome.retryable], [false, false]);
  assert.match(outcome.outcome, /^cannot connect to 127\.0\.0\.1: it is /);
  assert.equal(receiver.received.length, 0);
});

test("calling off is no outcome", async () => {
  await using receiver = await startReceiver();
  receiver.answer(hang);
  const stop = new AbortController();
  const telling = tellWebhook(channel(receiver), notice, { ...options, signal: stop.signal });
  stop.abort();
  await assert.rejects(telling, (error) => error instanceof AppError && error.code === "cancelled");
});

test("Retry-After", () => {
  const f = (header: string | undefined, want: number | undefined) =>
    assert.equal(parseRetryAfter(header, Date.parse("2026-11-21T00:00:00Z")), want, header);
  f(undefined, undefined);
  f("120", 120_000);
  f("Sat, 21 Nov 2026 00:00:30 GMT", 30_000);
  f("Sat, 21 Nov 2026 00:00:00 GMT", 0);
  f("Fri, 20 Nov 2026 00:00:00 GMT", 0);
  f("99999999", 900_000);
  f("soon", undefined);
});

test("a channel that could not work is refused", () => {
  const f = (change: Partial<WebhookChannel>, want: RegExp) =>
    assert.throws(() => checkWebhook(channel({ url: "https://example.com/hook" }, change)), want);
  f({ url: "" }, /cannot use the URL/);
  f({ url: "ftp://example.com" }, /want http: or https:/);
  f({ url: "https://user:pass@example.com" }, /holds a user or a password/);
  f({ timeoutMs: 120_001 }, /webhook\.timeout_ms: got 120001, want at most 120000/);
  f({ retryAttempts: 11 }, /webhook\.retry_attempts: got 11, want at most 10/);
  f({ bearerToken: "a\r\nX-Injected: 1" }, /webhook\.bearer_token: got spaces or unprintable characters/);
  checkWebhook(channel({ url: "https://example.com/hook" }));
});

test("what is left out of a channel takes the defaults of the contract", () => {
  assert.deepEqual(webhookRetry(WebhookChannel.fromPartial({ url: "https://example.com" })), {
    attempts: 4,
    delayMs: 60_000,
    timeoutMs: 30_000,
  });
});
