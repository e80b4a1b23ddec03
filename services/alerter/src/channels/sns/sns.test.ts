import assert from "node:assert/strict";
import { test } from "node:test";
import { groupHash } from "../group-hash.ts";
import { createIntegration } from "../integrations.ts";
import { startLoopback, text } from "../testing/loopback.ts";
import { fixedTemplates, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";
import { signV4 } from "./sign-v4.ts";

const sigv4 = { region: "eu-west-1", accessKey: "AKIA", secretKey: "s" };
const yes = text(200, "<PublishResponse><PublishResult><MessageId>42</MessageId></PublishResult></PublishResponse>");

/** The case "post-x-www-form-urlencoded" of AWS' own test suite for Signature Version 4. */
test("requests are signed as AWS does", () => {
  const headers = signV4(new URL("https://example.amazonaws.com/"), "Param1=value1", {
    region: "us-east-1",
    service: "service",
    accessKey: "AKIDEXAMPLE",
    secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    nowMs: Date.parse("2015-08-30T12:36:00Z"),
  });
  assert.equal(
    headers["authorization"],
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
      "SignedHeaders=content-type;host;x-amz-date, " +
      "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  );
});

test("a message is published with its attributes", async () => {
  await using receiver = await startLoopback(yes);
  const settings = {
    apiUrl: receiver.url,
    sigv4,
    topicArn: "arn:aws:sns:eu-west-1:1:ops.fifo",
    attributes: { severity: "{{ .x }}" },
    subject: "Größe\n{{ .x }}",
  };
  const integration = createIntegration("sns", settings, testRim());
  const outcome = await integration.send(sampleTelling({ templates: fixedTemplates("x") }));
  assert.equal(outcome.outcome, "200 42");
  const hash = groupHash(sampleNotification().groupKey);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(receiver.received[0]?.body)), {
    Action: "Publish",
    Version: "2010-03-31",
    TopicArn: "arn:aws:sns:eu-west-1:1:ops.fifo",
    Subject: "Gr??e x",
    Message: "x",
    MessageDeduplicationId: hash,
    MessageGroupId: hash,
    "MessageAttributes.entry.1.Name": "severity",
    "MessageAttributes.entry.1.Value.DataType": "String",
    "MessageAttributes.entry.1.Value.StringValue": "x",
  });
});

test("a text message is shorter, and says that it was cut", async () => {
  await using receiver = await startLoopback(yes);
  const settings = { apiUrl: receiver.url, sigv4, phoneNumber: "+1", message: "y".repeat(2000), subject: "" };
  await createIntegration("sns", settings, testRim()).send(sampleTelling());
  const form = new URLSearchParams(receiver.received[0]?.body);
  assert.equal(form.get("Message")?.length, 1600);
  assert.equal(form.get("MessageAttributes.entry.1.Name"), "truncated");
  assert.equal(form.has("Subject"), false);
});

test("to be throttled is no refusal, though it is a 400", async () => {
  const error = (code: string) =>
    `<ErrorResponse><Error><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;
  await using receiver = await startLoopback(text(400, error("Throttling")));
  const settings = { apiUrl: receiver.url, sigv4, targetArn: "arn" };
  const integration = createIntegration("sns", settings, testRim());
  const throttled = await integration.send(sampleTelling());
  assert.deepEqual([throttled.retryable, throttled.outcome], [true, "400 Throttling m"]);
  receiver.answer(text(403, error("AuthorizationError")));
  assert.equal((await integration.send(sampleTelling())).retryable, false);
});

test("what the SDK of AWS would look up is refused", () => {
  const f = (change: object, want: RegExp) =>
    assert.throws(() => createIntegration("sns", { topicArn: "a", sigv4: { ...sigv4, ...change } }, testRim()), want);
  f({ roleArn: "arn:aws:iam::1:role/x" }, /roles are not supported/);
  f({ profile: "x" }, /profiles are not supported/);
  assert.throws(() => createIntegration("sns", { sigv4 }, testRim()), /must provide either/);
});
