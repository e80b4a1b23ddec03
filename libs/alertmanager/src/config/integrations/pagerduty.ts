import { type Fail, list, mapOf, type StructOf, struct } from "../codec.ts";
import { howMany } from "../tls-config.ts";
import { type Json, json, secret, text, timeoutMs, url } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const defaultDetails: Readonly<Record<string, Json>> = {
  firing: "{{ .Alerts.Firing | toJson }}",
  resolved: "{{ .Alerts.Resolved | toJson }}",
  num_firing: "{{ .Alerts.Firing | len }}",
  num_resolved: "{{ .Alerts.Resolved | len }}",
};

const fields = {
  ...notifier(true),
  serviceKey: secret,
  serviceKeyFile: text(),
  routingKey: secret,
  routingKeyFile: text(),
  url,
  client: text('{{ template "pagerduty.default.client" . }}'),
  clientUrl: text('{{ template "pagerduty.default.clientURL" . }}'),
  description: text('{{ template "pagerduty.default.description" .}}'),
  details: mapOf(json),
  images: list(struct("images", { src: text(), alt: text(), href: text() })),
  links: list(struct("links", { href: text(), text: text() })),
  source: text(),
  severity: text(),
  class: text(),
  component: text(),
  group: text(),
  /** 0 is without an end. */
  timeoutMs,
};

export type PagerdutyConfig = StructOf<typeof fields>;

/** PagerDuty (notify/pagerduty): by Events API v2 with a routing key, by v1 with a service key. */
export const pagerdutyConfig = struct("pagerduty_configs", fields, { finish });

function finish(config: PagerdutyConfig, fail: Fail): PagerdutyConfig {
  const { routingKey, routingKeyFile, serviceKey, serviceKeyFile } = config;
  if (howMany(routingKey, routingKeyFile, serviceKey, serviceKeyFile) === 0) {
    fail("missing service or routing key in PagerDuty config");
  }
  atMostOne(fail, ["routing_key", "routing_key_file"], routingKey, routingKeyFile);
  atMostOne(fail, ["service_key", "service_key_file"], serviceKey, serviceKeyFile);
  return {
    ...config,
    source: config.source === "" ? config.client : config.source,
    details: { ...defaultDetails, ...config.details },
  };
}
