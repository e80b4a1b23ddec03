import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { OutboundPolicy } from "@sightline/service/outbound";
import type { Outcome, Telling } from "../integration.ts";
import { createIntegration } from "../integrations.ts";
import { startMailServer } from "../testing/mail-server.ts";
import {
  brokenTemplates,
  fixedTemplates,
  resolvedNotification,
  sampleAlert,
  sampleNotification,
  sampleTelling,
  startMs,
  testRim,
} from "../testing/sample.ts";

interface Change extends Partial<Telling> {
  readonly settings?: object;
  readonly allowPrivate?: boolean;
  readonly policy?: OutboundPolicy;
}

function tell(port: number, change: Change = {}): Promise<Outcome> {
  const { settings = {}, allowPrivate = true, policy = { allowPrivate }, ...telling } = change;
  const all = {
    to: "ops@example.org, Ann <ann@example.org>",
    from: "Sightline <sightline@example.org>",
    smarthost: { host: "127.0.0.1", port },
    tls: { insecureSkipVerify: true },
    timeoutMs: 10_000,
    ...settings,
  };
  return createIntegration("email", all, testRim({ policy })).send(sampleTelling(telling));
}

/** The value of a header of a message as it was sent. */
function header(message: string, name: string): string {
  const [raw = ""] = message.split("\r\n\r\n");
  return new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "im").exec(raw)?.[1]?.replace(/\r\n\s/g, " ") ?? "";
}

test("a mail with HTML and text goes to everybody, encrypted", async () => {
  await using server = await startMailServer();
  const outcome = await tell(server.port, { templates: fixedTemplates("CPU <b>is</b> high") });
  assert.equal(outcome.delivered, true);
  assert.match(outcome.outcome, /^250 /);
  const [mail] = server.received;
  assert.deepEqual(mail?.to, ["ops@example.org", "ann@example.org"]);
  assert.deepEqual([mail?.from, mail?.secure], ["sightline@example.org", true]);
  const raw = mail?.raw ?? "";
  assert.equal(header(raw, "Subject"), "CPU <b>is</b> high");
  assert.equal(header(raw, "From"), "Sightline <sightline@example.org>");
  assert.match(header(raw, "Message-Id"), /^<[0-9a-f]{32}@example\.org>$/);
  assert.equal(header(raw, "Date"), new Date(startMs).toUTCString().replace("GMT", "+0000"));
  assert.match(header(raw, "Content-Type"), /^multipart\/alternative/);
  assert.match(raw, /text\/plain[\s\S]*alertname = High CPU usage[\s\S]*text\/html[\s\S]*CPU <b>is<\/b> high/);
  await tell(server.port, { templates: fixedTemplates("CPU <b>is</b> high") });
  assert.equal(header(server.received[1]?.raw ?? "", "Message-Id"), header(raw, "Message-Id"), "told again");
});

test("without STARTTLS nothing is sent, unless that is wanted", async () => {
  await using server = await startMailServer({ disabledCommands: ["STARTTLS"] });
  const refused = await tell(server.port);
  assert.deepEqual([refused.delivered, refused.retryable], [false, false]);
  assert.equal(server.received.length, 0);
  assert.equal((await tell(server.port, { settings: { requireTls: false } })).delivered, true);
  assert.equal(server.received[0]?.secure, false);
});

test("a certificate that nobody trusts is refused", async () => {
  await using server = await startMailServer();
  const outcome = await tell(server.port, { settings: { tls: {} } });
  assert.equal(outcome.delivered, false);
  assert.match(outcome.outcome, /certificate/i);
  assert.equal(server.received.length, 0);
});

test("it may be encrypted from the start", async () => {
  await using server = await startMailServer({ secure: true });
  assert.equal((await tell(server.port, { settings: { forceImplicitTls: true } })).delivered, true);
  assert.equal(server.received[0]?.secure, true);
});

test("who sends logs in by what the server knows", async () => {
  for (const method of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
    await using server = await startMailServer({ authMethods: [method] });
    const secret = method === "CRAM-MD5" ? { authSecret: "s3cret" } : { authPassword: "s3cret" };
    const outcome = await tell(server.port, { settings: { authUsername: "me", ...secret } });
    assert.equal(outcome.delivered, true, `${method}: ${outcome.outcome}`);
    assert.equal(server.received[0]?.user, `${method} me`);
  }
  await using server = await startMailServer();
  const wrong = await tell(server.port, { settings: { authUsername: "me", authPassword: "wr0ng" } });
  assert.deepEqual([wrong.delivered, wrong.retryable, wrong.failure], [false, false, "unauthenticated"]);
  assert.ok(!JSON.stringify(wrong).includes("wr0ng") && !JSON.stringify(wrong).includes("AG1lAHdyMG5n"));
});

test("what the server answers decides whether to try again", async () => {
  const answering = (responseCode: number) =>
    startMailServer({
      onRcptTo: (_to, _session, callback) => callback(Object.assign(new Error("no"), { responseCode })),
    });
  await using greylisting = await answering(451);
  assert.equal((await tell(greylisting.port)).retryable, true);
  await using refusing = await answering(550);
  const refused = await tell(refusing.port);
  assert.deepEqual([refused.delivered, refused.retryable], [false, false]);
  await using picky = await startMailServer({
    onRcptTo: ({ address }, _session, callback) => callback(address.startsWith("ann") ? new Error("unknown") : null),
  });
  const partly = await tell(picky.port);
  assert.equal(partly.delivered, true);
  assert.match(partly.outcome, /refused for ann@example\.org/);
});

test("who is put off is told later, and nobody else again", async () => {
  let isGrey = true;
  await using server = await startMailServer({
    onRcptTo({ address }, _session, callback) {
      const responseCode = address.startsWith("ann") ? 451 : 550;
      const isRefused = address.startsWith("bob") || (isGrey && address.startsWith("ann"));
      callback(isRefused ? Object.assign(new Error("greylisted"), { responseCode }) : null);
    },
  });
  const settings = { to: "ops@example.org, ann@example.org, bob@example.org" };
  const first = await tell(server.port, { settings });
  assert.deepEqual([first.delivered, first.retryable], [false, true]);
  assert.match(first.outcome, /^451 .*put off for ann@example\.org\) \(refused for bob@example\.org\)/);
  const receiverData = first.receiverData ?? {};
  const still = await tell(server.port, { settings, receiverData });
  assert.deepEqual([still.delivered, still.retryable, still.receiverData], [false, true, undefined]);
  isGrey = false;
  assert.equal((await tell(server.port, { settings, receiverData })).delivered, true);
  assert.deepEqual(
    server.received.map(({ to }) => to),
    [["ops@example.org"], ["ann@example.org"]],
  );
  const [one, other] = server.received.map(({ raw }) => header(raw, "Message-Id"));
  assert.equal(one, other);
});

test("a password is told nobody who could be overheard", async () => {
  await using server = await startMailServer({ disabledCommands: ["STARTTLS"], authMethods: ["CRAM-MD5", "PLAIN"] });
  const host = "mail.example.org";
  const policy = { allowPrivate: true, resolve: async () => [{ address: "127.0.0.1", family: 4 }] };
  const login = { requireTls: false, authUsername: "me", authPassword: "s3cret" };
  const smarthost = { host, port: server.port };
  const refused = await tell(server.port, { settings: { ...login, smarthost }, policy });
  assert.deepEqual([refused.delivered, refused.retryable], [false, false]);
  assert.match(refused.outcome, /got a password for a connection without TLS, want require_tls/);
  assert.equal(server.received.length, 0);
  const proven = await tell(server.port, { settings: { ...login, smarthost, authSecret: "s3cret" }, policy });
  assert.equal(proven.delivered, true, proven.outcome);
  assert.equal((await tell(server.port, { settings: login })).delivered, true, "nobody is between us and ourselves");
  assert.deepEqual(
    server.received.map(({ user }) => user),
    ["CRAM-MD5 me", "PLAIN me"],
  );
});

test("a server that hangs, is private or not there", async () => {
  await using silent = await startMailServer({ onConnect: () => undefined });
  const hung = await tell(silent.port, { settings: { timeoutMs: 300 } });
  assert.deepEqual([hung.delivered, hung.retryable, hung.failure], [false, true, "deadline_exceeded"]);
  const guarded = await tell(silent.port, { allowPrivate: false });
  assert.deepEqual([guarded.retryable, guarded.failure], [false, "permission_denied"]);
  const nobody = await tell(1);
  assert.deepEqual([nobody.retryable, nobody.failure], [true, "unavailable"]);
  const stop = new AbortController();
  const telling = tell(silent.port, { signal: stop.signal });
  stop.abort();
  await assert.rejects(telling, (error) => error instanceof AppError && error.code === "cancelled");
});

test("mails about a group are a thread, if need be one for each day", async () => {
  await using server = await startMailServer();
  for (const threadByDate of ["none", "daily"]) {
    await tell(server.port, { settings: { threading: { enabled: true, threadByDate } } });
  }
  const [whole, daily] = server.received.map(({ raw }) => header(raw, "References"));
  assert.match(whole ?? "", /^<alert-[0-9a-f]{16}-@alertmanager>$/);
  assert.equal(daily, whole?.replace("-@", "-2026-11-21@"));
  assert.equal(header(server.received[0]?.raw ?? "", "In-Reply-To"), whole);
});

test("headers are filled in, and cannot bring others with them", async () => {
  await using server = await startMailServer();
  const headers = { subject: "{{ .x }}", "X-Team": "{{ .x }}" };
  await tell(server.port, { settings: { headers }, templates: fixedTemplates("a\r\nBcc: eve@example.org") });
  const [mail] = server.received;
  assert.equal(header(mail?.raw ?? "", "Subject"), "a Bcc: eve@example.org");
  assert.equal(header(mail?.raw ?? "", "X-Team"), "a Bcc: eve@example.org");
  assert.equal(header(mail?.raw ?? "", "Bcc"), "");
  assert.equal(mail?.to.length, 2);
});

test("the alerts come as a file where that is wanted", async () => {
  await using server = await startMailServer();
  await tell(server.port, { settings: { attachAlerts: true }, notification: resolvedNotification });
  const [, encoded = ""] =
    /filename=alerts\.json[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(server.received[0]?.raw ?? "") ?? [];
  const { version, alerts } = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  assert.deepEqual([version, alerts[0].status], ["4", "resolved"]);
});

test("templates that fail leave the alert in plain form, which says so", async () => {
  await using server = await startMailServer();
  const alerts = [sampleAlert({ labels: { alertname: "<script>alert(1)</script>" } })];
  const notification = sampleNotification({ alerts });
  const outcome = await tell(server.port, { templates: brokenTemplates, notification });
  assert.equal(outcome.delivered, true);
  assert.match(outcome.remarks?.join() ?? "", /template of html/);
  const raw = (server.received[0]?.raw ?? "").replaceAll("=\r\n", "");
  assert.match(raw, /function is not defined/);
  assert.match(raw.slice(raw.indexOf("text/html")), /&lt;script&gt;/);
  assert.ok(!raw.slice(raw.indexOf("text/html")).includes("<script>"));
  const nowhere = await tell(server.port, { settings: { to: "{{ .x }}" }, templates: brokenTemplates });
  assert.deepEqual([nowhere.delivered, nowhere.retryable], [false, false]);
  const wrong = await tell(server.port, { settings: { to: "nobody" } });
  assert.match(wrong.outcome, /got "nobody", want addresses/);
});
