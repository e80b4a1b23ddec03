import type { DispatchConfig } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Integration, Templates } from "../channels/integration.ts";

/** A tenant's configuration, ready for use. */
export interface ActiveConfiguration {
  /** Which version of it this is; 0 for the one that a tenant has who has put none. */
  readonly version: number;
  /** As it may be shown: YAML without secrets. */
  readonly shown: string;
  readonly dispatch: DispatchConfig;
  readonly templates: Templates;
  /** In the order of the configuration. */
  readonly receivers: readonly { readonly name: string; readonly labels: Labels }[];
  /** The integration that a flush is for; undefined when there is none any more. */
  integrationOf(flush: Pick<Flush, "receiver" | "integration" | "index">): Integration | undefined;
}
