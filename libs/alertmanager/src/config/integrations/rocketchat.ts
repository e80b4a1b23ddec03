import { type Fail, list, optional, type StructOf, struct } from "../codec.ts";
import { flag, setSecret, text, url } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const fields = {
  ...notifier(false),
  apiUrl: url,
  tokenId: setSecret,
  tokenIdFile: text(),
  token: setSecret,
  tokenFile: text(),
  channel: text(),
  color: text('{{ if eq .Status "firing" }}red{{ else }}green{{ end }}'),
  title: text('{{ template "rocketchat.default.title" . }}'),
  titleLink: text('{{ template "rocketchat.default.titlelink" . }}'),
  text: text('{{ template "rocketchat.default.text" . }}'),
  fields: list(optional(struct("fields", { short: optional(flag(false)), title: text(), value: text() }))),
  shortFields: flag(false),
  emoji: text('{{ template "rocketchat.default.emoji" . }}'),
  iconUrl: text('{{ template "rocketchat.default.iconurl" . }}'),
  imageUrl: text(),
  thumbUrl: text(),
  linkNames: flag(false),
  actions: list(
    optional(
      // Alertmanager gives these keys no names of their own, and so they are written as one word.
      struct("actions", {
        type: text(),
        text: text(),
        url: text(),
        imageurl: text(),
        iswebview: flag(false),
        webviewheightratio: text(),
        msg: text(),
        msginchatwindow: flag(false),
        msgprocessingtype: text(),
      }),
    ),
  ),
};

export type RocketchatConfig = StructOf<typeof fields>;

/** Rocket.Chat (config/notifiers.go, RocketchatConfig). */
export const rocketchatConfig = struct("rocketchat_configs", fields, { finish });

function finish(config: RocketchatConfig, fail: Fail): RocketchatConfig {
  atMostOne(fail, ["token", "token_file"], config.token, config.tokenFile);
  atMostOne(fail, ["token_id", "token_id_file"], config.tokenId, config.tokenIdFile);
  return config;
}
