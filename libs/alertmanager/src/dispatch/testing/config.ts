import { loadConfig } from "../../config/config.ts";
import { type DispatchConfig, dispatchConfigOf } from "../dispatch-config.ts";

/** What the dispatcher has to know of an alertmanager.yml. */
export function configOf(text: string): DispatchConfig {
  return dispatchConfigOf(loadConfig(text));
}
