import { AlertServiceClient } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AnalysisServiceClient } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";

/** What a report is made of. */
export type Clients = ReturnType<typeof createClients>;

/** Connects at the first call; nothing fails here. Addresses are host:port. */
export function createClients(
  addresses: { storage: string; analyzer: string; alerter: string },
  internalToken: string,
) {
  const options = { internalToken };
  return {
    storage: createClient(QueryServiceClient, addresses.storage, options),
    analyzer: createClient(AnalysisServiceClient, addresses.analyzer, options),
    alerter: createClient(AlertServiceClient, addresses.alerter, options),
  };
}
