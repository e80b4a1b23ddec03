import assert from "node:assert/strict";
import { test } from "node:test";
import { groupHash } from "../group-hash.ts";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback, text } from "../testing/loopback.ts";
import { resolvedNotification, sampleAlert, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";
import { rateLimitMs } from "./answer.ts";
import { parseDsn } from "./config.ts";

test("DSNs", () => {
  const f = (dsn: string, want: string | undefined) => assert.equal(parseDsn(dsn)?.envelopeUrl, want, dsn);
  f("https://key@o1.ingest.sentry.io/42", "https://o1.ingest.sentry.io/api/42/envelope/");
  f("https://key:old@host:9000/42", "https://host:9000/api/42/envelope/");
  f("https://key@host/a/b/42", "https://host/a/b/api/42/envelope/");
  f("https://host/42", undefined);
  f("https://key@host/", undefined);
  f("https://key@host/project", undefined);
  f("ftp://key@host/42", undefined);
  f("what", undefined);
});

test("an envelope with one event, whose fingerprint is the group's", async () => {
  await using receiver = await startLoopback(json(200, { id: "1" }));
  const settings = { dsn: `${receiver.url.replace("//", "//key@")}/42`, environment: "prod" };
  const integration = createIntegration("sentry", settings, testRim());
  await integration.send(sampleTelling());
  const [got] = receiver.received;
  assert.deepEqual([got?.path, got?.headers["content-type"]], ["/api/42/envelope/", "application/x-sentry-envelope"]);
  assert.equal(got?.headers["x-sentry-auth"], "Sentry sentry_version=7, sentry_client=sightline/1.0, sentry_key=key");
  const [head = "", item = "", body = ""] = got?.body.split("\n") ?? [];
  const event = JSON.parse(body);
  assert.deepEqual(JSON.parse(head), { event_id: event.event_id, sent_at: "2026-11-21T01:50:39.120Z" });
  assert.deepEqual(JSON.parse(item), {
    type: "event",
    content_type: "application/json",
    length: Buffer.byteLength(body),
  });
  assert.match(event.event_id, /^[0-9a-f]{32}$/);
  assert.deepEqual(event.fingerprint, [groupHash(sampleNotification().groupKey)]);
  assert.deepEqual([event.level, event.environment], ["warning", "prod"]);
  assert.equal(event.logentry.formatted, "CPU is high\nCPU of web-1 is at 93 %");
  assert.equal(event.tags.host, "web-1");
  assert.equal(event.extra.alerts.length, 1);
  await integration.send(sampleTelling());
  assert.equal(JSON.parse(receiver.received[1]?.body.split("\n")[0] ?? "").event_id, event.event_id, "told again");
  await integration.send(sampleTelling({ notification: resolvedNotification }));
  assert.equal(JSON.parse(receiver.received[2]?.body.split("\n")[2] ?? "").level, "info");
});

test("tags are what Sentry takes", async () => {
  await using receiver = await startLoopback(json(200, { id: "1" }));
  const settings = { dsn: `${receiver.url.replace("//", "//key@")}/42` };
  const labels = { ["a b/ü".repeat(10)]: `${"x".repeat(300)}`, lines: "a\nb", empty: "" };
  const notification = sampleNotification({ alerts: [sampleAlert({ labels })] });
  await createIntegration("sentry", settings, testRim()).send(sampleTelling({ notification }));
  const { tags } = JSON.parse(receiver.received[0]?.body.split("\n")[2] ?? "");
  for (const [name, value] of Object.entries<string>(tags)) {
    assert.match(name, /^[a-zA-Z0-9_.:-]{1,32}$/);
    assert.ok(value.length <= 200 && value !== "" && !value.includes("\n"), `${name}=${value}`);
  }
});

test("its limits are for kinds of data", async () => {
  const f = (header: string | string[] | undefined, want: number | undefined) =>
    assert.equal(rateLimitMs(header), want, String(header));
  f(undefined, undefined);
  f("60:transaction:key", undefined);
  f("60:error;transaction:key, 2700:default;security:organization", 60_000);
  f("60:error:key, 120::organization", 120_000);
  f("junk", undefined);
  await using receiver = await startLoopback(
    text(429, "", { "x-sentry-rate-limits": "60:error:key", "retry-after": "5" }),
  );
  const settings = { dsn: `${receiver.url.replace("//", "//key@")}/42` };
  assert.equal((await createIntegration("sentry", settings, testRim()).send(sampleTelling())).retryAfterMs, 60_000);
});
