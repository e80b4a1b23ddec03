import { type Fail, mapOf, type StructOf, struct } from "../codec.ts";
import { secret, shownText, text, url } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const reservedFields =
  "routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state".split(" ");

const fields = {
  ...notifier(true),
  apiKey: secret,
  apiKeyFile: text(),
  apiUrl: url,
  routingKey: text(),
  messageType: { ...shownText, initial: "CRITICAL" },
  stateMessage: { ...shownText, initial: '{{ template "victorops.default.state_message" . }}' },
  entityDisplayName: { ...shownText, initial: '{{ template "victorops.default.entity_display_name" . }}' },
  monitoringTool: { ...shownText, initial: '{{ template "victorops.default.monitoring_tool" . }}' },
  customFields: mapOf(text()),
};

export type VictoropsConfig = StructOf<typeof fields>;

/** VictorOps, now Splunk On-Call (config/notifiers.go, VictorOpsConfig). */
export const victoropsConfig = struct("victorops_configs", fields, { finish });

function finish(config: VictoropsConfig, fail: Fail): VictoropsConfig {
  if (config.routingKey === "") fail("missing Routing key in VictorOps config");
  atMostOne(fail, ["api_key", "api_key_file"], config.apiKey, config.apiKeyFile);
  for (const name of reservedFields) {
    if (!Object.hasOwn(config.customFields, name)) continue;
    fail(
      `victorOps config contains custom field ${name} which cannot be used as it conflicts with the fixed/static fields`,
      "custom_fields",
    );
  }
  return config;
}
