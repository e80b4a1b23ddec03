import { type Answer, json, type Received, text } from "./loopback.ts";

/** What the contract has to know of a kind of channel that speaks HTTP. */
export interface ChannelCase {
  readonly kind: string;
  /** Settings that lead to the loopback, everything else that is optional left out. */
  settings(url: string): Record<string, unknown>;
  /** How the receiver says yes. */
  readonly yes: Answer;
  /** What must never be seen in an outcome. */
  readonly secrets: readonly string[];
  /** The texts of a request and how long each may be, in characters; the first is the one that people read. */
  bounded(received: Received): readonly (readonly [name: string, text: string, maxChars: number])[];
  /** Whether there are texts in its settings that are templates. Default: yes. */
  readonly templates?: boolean;
  /** Whether it has to know something before it tells anything. Default: no. */
  readonly asksFirst?: boolean;
  /** Which requests hold the message. Default: those that POST. */
  readonly isMessage?: (received: Received) => boolean;
  /** Of the whole body. */
  readonly maxBodyBytes?: number;
}

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (rest, key) => (typeof rest === "object" && rest !== null ? Reflect.get(rest, key) : undefined),
    value,
  );
const said = (received: Received, ...path: readonly (string | number)[]): string =>
  String(at(JSON.parse(received.body), ...path) ?? "");

const form = (received: Received, name: string): string => new URLSearchParams(received.body).get(name) ?? "";

/** One for each kind that speaks HTTP, and more where one can be told in several ways. */
export const channelCases: readonly ChannelCase[] = [
  {
    kind: "discord",
    settings: (url) => ({ webhookUrl: `${url}/api/webhooks/1/d1sc0rd-s3cret` }),
    yes: text(204),
    secrets: ["d1sc0rd-s3cret"],
    bounded: (got) => [
      ["description", said(got, "embeds", 0, "description"), 4096],
      ["title", said(got, "embeds", 0, "title"), 256],
      ["content", said(got, "content"), 2000],
    ],
  },
  {
    kind: "github",
    settings: (url) => ({ apiUrl: url, token: "ghp_s3cret", owner: "acme", repo: "ops" }),
    yes: (response, { method }) =>
      method === "GET" ? json(200, { items: [] })(response, never) : json(201, { number: 7 })(response, never),
    asksFirst: true,
    secrets: ["ghp_s3cret"],
    bounded: (got) => [
      ["body", said(got, "body"), 65_536],
      ["title", said(got, "title"), 256],
      ["label", said(got, "labels", 0), 50],
    ],
  },
  {
    kind: "incidentio",
    settings: (url) => ({ url: `${url}/v2/alert_events/alertmanager/1`, alertSourceToken: "1ncident-s3cret" }),
    yes: json(202, { status: "success" }),
    templates: false,
    secrets: ["1ncident-s3cret"],
    bounded: (got) => [["message", said(got, "alerts"), 512 * 1024]],
    maxBodyBytes: 512 * 1024,
  },
  {
    kind: "jira",
    settings: (url) => ({
      apiUrl: `${url}/rest/api/2`,
      project: "OPS",
      issueType: "Bug",
      http: { basicAuth: { username: "me", password: "j1ra-s3cret" } },
    }),
    yes: (response, { path }) =>
      json(200, path.endsWith("/search") ? { issues: [] } : { key: "OPS-1" })(response, never),
    asksFirst: true,
    secrets: ["j1ra-s3cret", "bWU6ajFyYS1zM2NyZXQ="],
    isMessage: ({ path }) => path.endsWith("/issue"),
    bounded: (got) => [
      ["description", said(got, "fields", "description"), 32_767],
      ["summary", said(got, "fields", "summary"), 255],
    ],
  },
  {
    kind: "mattermost",
    settings: (url) => ({ webhookUrl: `${url}/hooks/m4ttermost-s3cret` }),
    yes: text(200, "ok"),
    secrets: ["m4ttermost-s3cret"],
    bounded: (got) => [["text", said(got, "attachments", 0, "text"), 16_383]],
  },
  {
    kind: "msteams",
    settings: (url) => ({ webhookUrl: `${url}/webhookb2/t3ams-s3cret` }),
    yes: text(200, "1"),
    secrets: ["t3ams-s3cret"],
    bounded: (got) => [["text", said(got, "text"), 28 * 1024]],
    maxBodyBytes: 28 * 1024,
  },
  {
    kind: "msteamsv2",
    settings: (url) => ({ webhookUrl: `${url}/workflows/t3ams-s3cret?sig=s1gn3d` }),
    yes: text(202),
    secrets: ["t3ams-s3cret", "s1gn3d"],
    bounded: (got) => [["text", said(got, "attachments", 0, "content", "body", 1, "text"), 28 * 1024]],
    maxBodyBytes: 28 * 1024,
  },
  {
    kind: "opsgenie",
    settings: (url) => ({ apiUrl: url, apiKey: "0psgenie-s3cret", updateAlerts: true, tags: "{{ .Status }}" }),
    yes: json(202, { result: "Request will be processed" }),
    secrets: ["0psgenie-s3cret"],
    bounded: (got) => [
      ["description", said(got, "description"), 15_000],
      ["message", said(got, "message"), 130],
      ["source", said(got, "source"), 100],
      ["tag", said(got, "tags", 0), 50],
      ["details", JSON.stringify(at(JSON.parse(got.body), "details")), 16_000],
    ],
  },
  {
    kind: "pagerduty",
    settings: (url) => ({ url: `${url}/v2/enqueue`, routingKey: "pagerduty-s3cret" }),
    yes: json(202, { status: "success" }),
    secrets: ["pagerduty-s3cret"],
    bounded: (got) => [
      ["details", JSON.stringify(at(JSON.parse(got.body), "payload", "custom_details")), 512_000],
      ["summary", said(got, "payload", "summary"), 1024],
    ],
    maxBodyBytes: 512_000,
  },
  {
    kind: "pushover",
    settings: (url) => ({ apiUrl: `${url}/1/messages.json`, userKey: "us3r-s3cret", token: "t0ken-s3cret" }),
    yes: json(200, { status: 1 }),
    secrets: ["us3r-s3cret", "t0ken-s3cret"],
    bounded: (got) => [
      ["message", form(got, "message"), 1024],
      ["title", form(got, "title"), 250],
      ["url", form(got, "url"), 512],
    ],
  },
  {
    kind: "rocketchat",
    settings: (url) => ({ apiUrl: url, tokenId: "us3r-id", token: "r0cket-s3cret" }),
    yes: json(200, { success: true }),
    secrets: ["us3r-id", "r0cket-s3cret"],
    bounded: (got) => [
      ["text", said(got, "attachments", 0, "text"), 5000],
      ["title", said(got, "attachments", 0, "title"), 1024],
    ],
  },
  {
    kind: "sentry",
    settings: (url) => ({ dsn: `${url.replace("//", "//s3ntrykey@")}/42` }),
    yes: json(200, { id: "1" }),
    secrets: ["s3ntrykey"],
    bounded: ({ body }) => [["event", body.split("\n")[2] ?? "", 1_000_000]],
  },
  {
    kind: "slack",
    settings: (url) => ({ apiUrl: `${url}/services/T1/B1/sl4ck-s3cret` }),
    yes: text(200, "ok"),
    secrets: ["sl4ck-s3cret"],
    bounded: (got) => [
      ["text", said(got, "attachments", 0, "text"), 40_000],
      ["title", said(got, "attachments", 0, "title"), 1024],
    ],
  },
  {
    kind: "slack",
    settings: (url) => ({
      appUrl: `${url}/api/chat.postMessage`,
      appToken: "xoxb-s3cret",
      channel: "#ops",
      layout: "blocks",
      interactive: true,
    }),
    yes: json(200, { ok: true, channel: "C1", ts: "1.2" }),
    secrets: ["xoxb-s3cret"],
    bounded: (got) => [
      ["section", said(got, "attachments", 0, "blocks", 1, "text", "text"), 3000],
      ["header", said(got, "attachments", 0, "blocks", 0, "text", "text"), 150],
      ["context", said(got, "attachments", 0, "blocks", 2, "elements", 0, "text"), 2000],
      ["blocks", JSON.stringify(at(JSON.parse(got.body), "attachments", 0, "blocks")), 13_200],
    ],
  },
  {
    kind: "sns",
    settings: (url) => ({
      apiUrl: url,
      topicArn: "arn:aws:sns:eu-west-1:1:ops",
      sigv4: { region: "eu-west-1", accessKey: "AKIA", secretKey: "sn5-s3cret" },
    }),
    yes: text(200, "<MessageId>1</MessageId>"),
    secrets: ["sn5-s3cret"],
    bounded: (got) => [
      ["message", form(got, "Message"), 256 * 1024],
      ["subject", form(got, "Subject"), 99],
    ],
  },
  {
    kind: "telegram",
    settings: (url) => ({ apiUrl: url, botToken: "123:t3legram-s3cret", chatId: -42 }),
    yes: json(200, { ok: true, result: { message_id: 1 } }),
    secrets: ["t3legram-s3cret"],
    bounded: (got) => [["text", said(got, "text"), 4096]],
  },
  {
    kind: "victorops",
    settings: (url) => ({ apiUrl: url, apiKey: "v1ctor-s3cret", routingKey: "ops" }),
    yes: json(200, { result: "success" }),
    secrets: ["v1ctor-s3cret"],
    bounded: (got) => [["state_message", said(got, "state_message"), 20_480]],
  },
  {
    kind: "webex",
    settings: (url) => ({
      apiUrl: `${url}/v1/messages`,
      roomId: "room",
      http: { authorization: { credentials: "w3bex-s3cret" } },
    }),
    yes: json(200, { id: "1" }),
    secrets: ["w3bex-s3cret"],
    bounded: (got) => [["markdown", said(got, "markdown"), 7439]],
  },
  {
    kind: "webhook",
    settings: (url) => ({
      url: `${url}/hook/w3bhook-s3cret?key=qu3ry-s3cret`,
      signingSecret: "signing-s3cret",
      http: { basicAuth: { username: "me", password: "pa55word" }, headers: { "x-mine": "1" } },
    }),
    yes: text(200, "ok"),
    templates: false,
    secrets: ["w3bhook-s3cret", "qu3ry-s3cret", "signing-s3cret", "pa55word", "bWU6cGE1NXdvcmQ="],
    bounded: (got) => [["message", said(got, "alerts"), Number.POSITIVE_INFINITY]],
  },
  {
    kind: "wechat",
    settings: (url) => ({ apiUrl: `${url}/cgi-bin/`, apiSecret: "w3chat-s3cret", corpId: "corp", toUser: "all" }),
    yes: json(200, { errcode: 0, errmsg: "ok", access_token: "t0ken" }),
    asksFirst: true,
    secrets: ["w3chat-s3cret"],
    bounded: (got) => [["content", said(got, "text", "content"), 2048]],
  },
];

const never: Received = { method: "", path: "", headers: {}, body: "" };
