import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import type { IntegrationsOf } from "./reach.ts";

/** By what receivers of a configuration are told. */
export function integrationsIn({ dispatch }: Pick<ActiveConfiguration, "dispatch">): IntegrationsOf {
  return (receiver) => dispatch.integrationsOf(receiver);
}
