import { type Fail, list, mapOf, type ReadContext, type StructOf, struct, type ValueOf } from "../codec.ts";
import { quietFlag, secret, text, url } from "../values.ts";
import type { YamlNode } from "../yaml-tree.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const types = "^(team|teams|user|escalation|schedule)$";
const validTypes = new Set(["team", "teams", "user", "escalation", "schedule"]);

const responderFields = struct("responders", { id: text(), name: text(), username: text(), type: text() });

type Responder = ValueOf<typeof responderFields>;

const responder = {
  ...responderFields,
  read(node: YamlNode, context: ReadContext): Responder {
    const read = responderFields.read(node, context);
    const fault = faultOf(read, context.templateFault);
    if (fault !== undefined) context.problem(node, fault);
    return read;
  },
};

function faultOf(config: Responder, templateFault: ReadContext["templateFault"]): string | undefined {
  const { id, name, username, type } = config;
  const shown = `{${[id, name, username, type].join(" ")}}`;
  if (id === "" && username === "" && name === "") {
    return `opsGenieConfig responder ${shown} has to have at least one of id, username or name specified`;
  }
  if (type.includes("{{")) {
    const fault = templateFault(type);
    return fault && `opsGenieConfig responder ${shown} type contains invalid template syntax: ${fault}`;
  }
  if (validTypes.has(type.toLowerCase())) return undefined;
  return `opsGenieConfig responder ${shown} type does not match valid options ${types}`;
}

const fields = {
  ...notifier(true),
  apiKey: secret,
  apiKeyFile: text(),
  apiUrl: url,
  message: text('{{ template "opsgenie.default.message" . }}'),
  description: text('{{ template "opsgenie.default.description" . }}'),
  source: text('{{ template "opsgenie.default.source" . }}'),
  details: mapOf(text()),
  entity: text(),
  responders: list(responder),
  actions: text(),
  tags: text(),
  note: text(),
  priority: text(),
  updateAlerts: quietFlag,
};

export type OpsgenieConfig = StructOf<typeof fields>;

/** Opsgenie (notify/opsgenie). */
export const opsgenieConfig = struct("opsgenie_configs", fields, { finish });

function finish(config: OpsgenieConfig, fail: Fail): OpsgenieConfig {
  atMostOne(fail, ["api_key", "api_key_file"], config.apiKey, config.apiKeyFile);
  return config;
}
