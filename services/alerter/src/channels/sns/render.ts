import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { SnsSettings } from "./config.ts";
import { signV4 } from "./sign-v4.ts";

/** docs.aws.amazon.com, SNS, Publish: bytes of a message, characters of a text message and of a subject. */
export const limits = { messageBytes: 256 * 1024, smsChars: 1600, subjectChars: 99 } as const;

/** The signed request that publishes one notification. */
export function renderSns(settings: SnsSettings, rendering: Rendering, nowMs: number): HttpRequest {
  const { fields } = rendering;
  const { region, accessKey, secretKey, serviceName } = settings.sigv4;
  const given = fields.must("apiUrl", settings.apiUrl);
  const url = given === "" ? `https://sns.${region}.amazonaws.com/` : given;
  const body = form(settings, rendering).toString();
  const signing = { region, service: serviceName || "sns", accessKey, secretKey: secretKey.reveal(), nowMs };
  const target = URL.parse(url);
  // One that is none is refused where it is fetched.
  return { url, body, headers: target === null ? {} : signV4(target, body, signing) };
}

function form(settings: SnsSettings, rendering: Rendering): URLSearchParams {
  const { fields, notification } = rendering;
  const topic = fields.must("topicArn", settings.topicArn);
  const subject = fields.text("subject", settings.subject, plainTitle(notification));
  const attributes = Object.entries(settings.attributes).map(([name, template]) => [
    fields.text(`attributes.${name}`, name, name),
    fields.text(`attributes.${name}`, template, ""),
  ]);
  const { message, cut } = messageOf(settings, rendering);
  const hash = groupHash(notification.groupKey);
  const entries = {
    Action: "Publish",
    Version: "2010-03-31",
    TopicArn: topic,
    PhoneNumber: fields.must("phoneNumber", settings.phoneNumber),
    TargetArn: fields.must("targetArn", settings.targetArn),
    Subject: fields.cut("subject", ascii(subject), limits.subjectChars),
    Message: message,
    // Of a topic that keeps an order.
    ...(topic.endsWith(".fifo") && { MessageDeduplicationId: hash, MessageGroupId: hash }),
  };
  const all = cut ? [...attributes, ["truncated", "true"]] : attributes;
  const params = new URLSearchParams(Object.entries(entries).filter(([, value]) => value !== ""));
  for (const [index, [name = "", value = ""]] of all.filter(([, text]) => text !== "").entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    params.set(`${entry}.Name`, name);
    params.set(`${entry}.Value.DataType`, "String");
    params.set(`${entry}.Value.StringValue`, value);
  }
  return params;
}

function messageOf(settings: SnsSettings, { fields, notification }: Rendering) {
  const given = fields.text("message", settings.message, plainText(notification));
  const note = fields.note();
  const whole = (note === "" ? given : `${note}\n${given}`).trim() || plainTitle(notification);
  const message =
    settings.phoneNumber === ""
      ? fields.cutBytes("message", whole, limits.messageBytes)
      : fields.cut("message", whole, limits.smsChars);
  return { message, cut: message !== whole };
}

/** Subjects are of printable ASCII and in one line. */
function ascii(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[^\x20-\x7e]/g, "?")
    .trim();
}
