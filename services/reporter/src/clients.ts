import { AlertServiceClient } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AlertmanagerServiceClient } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { EscalationServiceClient } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { IncidentServiceClient } from "@sightline/proto/sightline/alert/v1/incident_service";
import { MaintenanceWindowServiceClient } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { OncallServiceClient } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { RuleServiceClient } from "@sightline/proto/sightline/alert/v1/rule_service";
import { AnalysisServiceClient } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { RetentionServiceClient } from "@sightline/proto/sightline/retention/v1/retention_service";
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
    retention: createClient(RetentionServiceClient, addresses.storage, options),
    analyzer: createClient(AnalysisServiceClient, addresses.analyzer, options),
    alerter: createClient(AlertServiceClient, addresses.alerter, options),
    alertmanager: createClient(AlertmanagerServiceClient, addresses.alerter, options),
    escalations: createClient(EscalationServiceClient, addresses.alerter, options),
    incidents: createClient(IncidentServiceClient, addresses.alerter, options),
    maintenance: createClient(MaintenanceWindowServiceClient, addresses.alerter, options),
    oncall: createClient(OncallServiceClient, addresses.alerter, options),
    rules: createClient(RuleServiceClient, addresses.alerter, options),
  };
}
