import { type Fail, type StructOf, struct } from "../codec.ts";
import { number, secret, shownText, text, timeoutMs, url } from "../values.ts";
import { atLeastOne, atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const fields = {
  ...notifier(true),
  url,
  urlFile: shownText,
  alertSourceToken: secret,
  alertSourceTokenFile: text(),
  /** 0 is any number. */
  maxAlerts: number({ min: 0, isWhole: true, isQuiet: false }),
  /** 0 is without an end. */
  timeoutMs,
};

export type IncidentioConfig = StructOf<typeof fields>;

/** incident.io (notify/incidentio). */
export const incidentioConfig = struct("incidentio_configs", fields, { finish });

function finish(config: IncidentioConfig, fail: Fail): IncidentioConfig {
  atLeastOne(fail, ["url", "url_file"], config.url, config.urlFile);
  atMostOne(fail, ["url", "url_file"], config.url, config.urlFile);
  atMostOne(
    fail,
    ["alert_source_token", "alert_source_token_file"],
    config.alertSourceToken,
    config.alertSourceTokenFile,
  );
  const hasToken = config.alertSourceToken !== undefined || config.alertSourceTokenFile !== "";
  if (config.httpConfig?.authorization !== undefined && hasToken) {
    fail("cannot specify alert_source_token or alert_source_token_file when using http_config.authorization");
  }
  if (config.httpConfig !== undefined && config.httpConfig.authorization === undefined && !hasToken) {
    fail("at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured");
  }
  return config;
}
