import { optional } from "../codec.ts";
import { httpConfig } from "../http-config.ts";
import { flag } from "../values.ts";

/** What all integrations over HTTP have; `sendResolved` is whether resolved alerts are told, where the configuration does not say. */
export function notifier(sendResolved: boolean) {
  return { sendResolved: flag(sendResolved), httpConfig: optional(httpConfig) };
}
