import { ActionServiceClient } from "@sightline/proto/sightline/alert/v1/action_service";
import { AlertGroupServiceClient } from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { AlertServiceClient } from "@sightline/proto/sightline/alert/v1/alert_service";
import { AlertmanagerServiceClient } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { BacktestServiceClient } from "@sightline/proto/sightline/alert/v1/backtest_service";
import { EscalationServiceClient } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { IncidentServiceClient } from "@sightline/proto/sightline/alert/v1/incident_service";
import { InteractionServiceClient } from "@sightline/proto/sightline/alert/v1/interaction_service";
import { MaintenanceWindowServiceClient } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { OncallServiceClient } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { RuleServiceClient } from "@sightline/proto/sightline/alert/v1/rule_service";
import { RuleTrialServiceClient } from "@sightline/proto/sightline/alert/v1/rule_trial_service";
import { AnalysisServiceClient } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { TargetServiceClient } from "@sightline/proto/sightline/collector/v1/target_service";
import { DeadLetterServiceClient } from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { LogqlServiceClient } from "@sightline/proto/sightline/query/v1/logql_service";
import { PromqlServiceClient } from "@sightline/proto/sightline/query/v1/promql_service";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { SqlServiceClient } from "@sightline/proto/sightline/query/v1/sql_service";
import { TraceqlServiceClient } from "@sightline/proto/sightline/query/v1/traceql_service";
import { ReportServiceClient } from "@sightline/proto/sightline/report/v1/report_service";
import { RetentionServiceClient } from "@sightline/proto/sightline/retention/v1/retention_service";
import { createClient } from "@sightline/rpc/client";
import type { Config } from "./config.ts";

/** The services behind the gateway. */
export type Clients = ReturnType<typeof createClients>;
export type Storage = Clients["storage"];
export type Analyzer = Clients["analyzer"];
export type Alerter = Clients["alerter"];
export type Oncall = Clients["oncall"];
export type Rules = Clients["rules"];
export type RuleTrials = Clients["ruleTrials"];
export type Backtests = Clients["backtests"];
export type Reporter = Clients["reporter"];
export type Collector = Clients["collector"];
export type DeadLetters = Clients["deadLetters"];
export type Retention = Clients["retention"];

/** Connects at the first call; nothing fails here. */
export function createClients(config: Pick<Config, "internalToken" | keyof ClientAddresses>) {
  const options = { internalToken: config.internalToken.reveal(), caller: "gateway" };
  return {
    storage: createClient(QueryServiceClient, config.storage.address, options),
    analyzer: createClient(AnalysisServiceClient, config.analyzer.address, options),
    alerter: createClient(AlertServiceClient, config.alerter.address, options),
    oncall: createClient(OncallServiceClient, config.alerter.address, options),
    alertGroups: createClient(AlertGroupServiceClient, config.alerter.address, options),
    alertmanager: createClient(AlertmanagerServiceClient, config.alerter.address, options),
    rules: createClient(RuleServiceClient, config.alerter.address, options),
    ruleTrials: createClient(RuleTrialServiceClient, config.alerter.address, options),
    backtests: createClient(BacktestServiceClient, config.alerter.address, options),
    alertActions: createClient(ActionServiceClient, config.alerter.address, options),
    escalations: createClient(EscalationServiceClient, config.alerter.address, options),
    incidents: createClient(IncidentServiceClient, config.alerter.address, options),
    interactions: createClient(InteractionServiceClient, config.alerter.address, options),
    maintenance: createClient(MaintenanceWindowServiceClient, config.alerter.address, options),
    reporter: createClient(ReportServiceClient, config.reporter.address, options),
    collector: createClient(TargetServiceClient, config.collector.address, options),
    deadLetters: createClient(DeadLetterServiceClient, config.storage.address, options),
    logql: createClient(LogqlServiceClient, config.storage.address, options),
    promql: createClient(PromqlServiceClient, config.storage.address, options),
    sql: createClient(SqlServiceClient, config.storage.address, options),
    traceql: createClient(TraceqlServiceClient, config.storage.address, options),
    retention: createClient(RetentionServiceClient, config.storage.address, options),
  };
}

interface ClientAddresses {
  readonly storage: unknown;
  readonly analyzer: unknown;
  readonly alerter: unknown;
  readonly reporter: unknown;
  readonly collector: unknown;
}

/** Ends all connections. */
export function closeClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.close();
}
