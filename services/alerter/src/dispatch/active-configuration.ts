import type { DispatchConfig } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Integration, Templates } from "../channels/integration.ts";

/** Which integration of which receiver. */
export type IntegrationPlace = Pick<Flush, "receiver" | "integration" | "index">;

/** A tenant's configuration, ready for use. */
export interface ActiveConfiguration {
  /** Which version of it this is; 0 for the one that a tenant has who has put none. */
  readonly version: number;
  readonly dispatch: DispatchConfig;
  readonly templates: Templates;
  /** In the order of the configuration, with the escalation policies that they name; "": none. */
  readonly receivers: readonly { readonly name: string; readonly labels: Labels; readonly policy: string }[];
  /** As Alertmanager prints it: YAML with what it fills in, without secrets and what it does not know. */
  readonly plain: string;
  /** The integration that leads to somebody's own address; undefined when there is none. Throws invalid_argument for a wrong address. */
  contactIntegration(of: IntegrationPlace & { readonly address: string }): Integration | undefined;
  /** The integration that a flush is for; undefined when there is none any more. */
  integrationOf(place: IntegrationPlace): Integration | undefined;
}
