import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";

const element = z.looseObject({ action_id: z.string().optional() });
const block = z.looseObject({ elements: z.array(element).optional() });
const messageForm = z.looseObject({ attachments: z.array(z.looseObject({ blocks: z.array(block) })) });
export type SlackMessage = z.infer<typeof messageForm>;

/** A Slack on this machine: it keeps the messages that it is told, and tells of the buttons that are pressed below them. */
export async function startSlack(signingSecret: string) {
  const told: { readonly path: string; readonly message: SlackMessage }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    told.push({ path: request.url ?? "", message: messageForm.parse(JSON.parse(Buffer.concat(chunks).toString())) });
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;

  /** The first message that comes to a path. */
  const messageAt = (path: string) =>
    eventually(() => {
      const found = told.find((one) => one.path === path);
      assert.ok(found);
      return found.message;
    });

  let presses = 0;
  return {
    url,
    messageAt,
    /** Somebody presses a button of a message, of which the app's address hears. Resolves to the message that it becomes. */
    async press(message: SlackMessage, verb: string, app: string): Promise<SlackMessage> {
      const reply = `/actions/${++presses}`;
      const buttons = message.attachments[0]?.blocks.at(-1)?.elements ?? [];
      const button = buttons.find(({ action_id: id }) => id === `sightline_act_${verb}`);
      assert.ok(button, `${verb} is none of ${JSON.stringify(buttons)}`);
      const payload = {
        type: "block_actions",
        user: { id: "U024BE7LH", username: "spengler", name: "spengler", team_id: "T1" },
        channel: { id: "C1", name: "ops" },
        trigger_id: String(presses),
        response_url: url + reply,
        actions: [{ ...button, action_ts: String(presses) }],
        message,
      };
      const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
      const seconds = String(Math.floor(Date.now() / 1000));
      const hmac = createHmac("sha256", signingSecret).update(`v0:${seconds}:${body}`).digest("hex");
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": `v0=${hmac}`,
      };
      const answer = await fetch(app, { method: "POST", headers, body });
      assert.deepEqual([answer.status, await answer.text()], [200, ""]);
      return messageAt(reply);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
