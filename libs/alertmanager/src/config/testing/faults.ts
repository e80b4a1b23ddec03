import { type ConfigOptions, readConfig } from "../config.ts";

/** What is wrong with a configuration, as "line:column: message". */
export function faultsOf(text: string, options: ConfigOptions = {}): string[] {
  const result = readConfig(text, options);
  return result.ok ? [] : result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** A configuration with one receiver that has one integration, whose settings are in line 6. */
export function withIntegration(kind: string, settings: string, global = ""): string {
  return `global: {${global}}\nroute: {receiver: a}\nreceivers:\n- name: a\n  ${kind}_configs:\n  - ${settings}\n`;
}
