import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntegration } from "../integrations.ts";
import { json, startLoopback } from "../testing/loopback.ts";
import { fixedTemplates, sampleTelling, testRim } from "../testing/sample.ts";

const token = json(200, { errcode: 0, errmsg: "ok", access_token: "t0ken" });
const settings = { apiSecret: "s3cret", corpId: "corp", toUser: "{{ .x }}", toParty: "", toTag: "", agentId: "1" };

test("a message is sent with a token that is asked for", async () => {
  await using receiver = await startLoopback(token);
  for (const messageType of ["text", "markdown"]) {
    const all = { ...settings, apiUrl: `${receiver.url}/cgi-bin`, messageType };
    await createIntegration("wechat", all, testRim()).send(sampleTelling({ templates: fixedTemplates("x") }));
    assert.deepEqual(JSON.parse(receiver.received.at(-1)?.body ?? ""), {
      touser: "x",
      agentid: "1",
      msgtype: messageType,
      [messageType]: { content: "x" },
      safe: "0",
    });
  }
  assert.deepEqual(
    receiver.received.slice(0, 2).map(({ method, path }) => `${method} ${path}`),
    ["GET /cgi-bin/gettoken?corpsecret=s3cret&corpid=corp", "POST /cgi-bin/message/send?access_token=t0ken"],
  );
});

test("codes say whether to try again", async () => {
  await using receiver = await startLoopback(token);
  const integration = createIntegration("wechat", { ...settings, apiUrl: receiver.url }, testRim());
  const f = async (errcode: number, want: readonly [delivered: boolean, retryable: boolean]) => {
    receiver.answer(token, json(200, { errcode, errmsg: "m" }));
    const { delivered, retryable } = await integration.send(sampleTelling());
    assert.deepEqual([delivered, retryable], want, String(errcode));
  };
  await f(0, [true, false]);
  await f(42_001, [false, true]);
  await f(-1, [false, true]);
  await f(81_013, [false, false]);
  receiver.answer(json(200, { errcode: 40_001, errmsg: "invalid credential" }));
  const { outcome, retryable } = await integration.send(sampleTelling());
  assert.deepEqual([outcome, retryable], ["40001 invalid credential", false]);
});
