import { loadConfig } from "../../config/config.ts";
import { type DispatchConfig, dispatchConfigOf } from "../dispatch-config.ts";

/** What the dispatcher has to know of an alertmanager.yml. */
export function configOf(text: string): DispatchConfig {
  return dispatchConfigOf(loadConfig(text));
}

/** One route and one receiver, which is told by one webhook. */
export const ONE_RECEIVER = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 10m
receivers:
- name: default
  webhook_configs:
  - url: http://there/
`;
