import { quote } from "@sightline/gotext/quote";

/** Which setting says where one person is, of kinds that have such a one. */
const settingOf: Readonly<Record<string, string>> = {
  email: "to",
  mattermost: "channel",
  pushover: "userKey",
  rocketchat: "channel",
  slack: "channel",
  sns: "phoneNumber",
  telegram: "chatId",
  webex: "roomId",
  wechat: "toUser",
};

/** The settings of a channel that leads to one person; those of a kind that knows no addresses stay as they are. */
export function withAddress(
  kind: string,
  settings: Readonly<Record<string, unknown>>,
  address: string,
): Readonly<Record<string, unknown>> {
  const setting = settingOf[kind];
  if (setting === undefined || address === "") return settings;
  if (kind === "telegram") return { ...settings, [setting]: Number(address) };
  // What a user writes into an address is no template.
  const literal = address.includes("{{") ? `{{ ${quote(address)} }}` : address;
  // Amazon takes one of them.
  const { topicArn: _topic, targetArn: _target, ...rest } = settings;
  return { ...(kind === "sns" ? rest : settings), [setting]: literal };
}
