import assert from "node:assert/strict";
import { test } from "node:test";
import { ActionServiceService } from "@sightline/proto/sightline/alert/v1/action_service";
import { AlertServiceService } from "@sightline/proto/sightline/alert/v1/alert_service";
import { BacktestServiceService } from "@sightline/proto/sightline/alert/v1/backtest_service";
import { MaintenanceWindowServiceService } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { OncallServiceService } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { AnalysisServiceService } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { TargetServiceService } from "@sightline/proto/sightline/collector/v1/target_service";
import { DeadLetterServiceService } from "@sightline/proto/sightline/deadletter/v1/dead_letter_service";
import { LogqlServiceService } from "@sightline/proto/sightline/query/v1/logql_service";
import { PromqlServiceService } from "@sightline/proto/sightline/query/v1/promql_service";
import { QueryServiceService } from "@sightline/proto/sightline/query/v1/query_service";
import { ReportServiceService } from "@sightline/proto/sightline/report/v1/report_service";
import { RetentionServiceService } from "@sightline/proto/sightline/retention/v1/retention_service";
import { accessOfMethod } from "./grpc-admit.ts";

test("of all forwarded methods these change something, or tell where people are, and want more than a key to query", () => {
  const services = [
    QueryServiceService,
    LogqlServiceService,
    PromqlServiceService,
    AnalysisServiceService,
    AlertServiceService,
    ActionServiceService,
    BacktestServiceService,
    MaintenanceWindowServiceService,
    OncallServiceService,
    ReportServiceService,
    TargetServiceService,
    RetentionServiceService,
    DeadLetterServiceService,
  ];
  const methods = services.flatMap((service) => Object.keys(service));
  assert.deepEqual(methods.filter((method) => accessOfMethod(method) === "edit").toSorted(), [
    "acknowledgeAlert",
    "actOnAlert",
    "actOnAlertGroup",
    "closeMaintenanceWindow",
    "deleteChannel",
    "deleteContacts",
    "deleteDeadLetter",
    "deleteEscalationPolicy",
    "deleteMaintenanceWindow",
    "deleteOverride",
    "deleteRule",
    "deleteSchedule",
    "deleteTarget",
    "generateReport",
    "listAllDeadLetters",
    "listContacts",
    "openMaintenanceWindow",
    "putChannel",
    "putContacts",
    "putEscalationPolicy",
    "putMaintenanceWindow",
    "putOverride",
    "putRule",
    "putSchedule",
    "putTarget",
    "redriveDeadLetter",
    "resolveAlert",
    "setRetention",
    "testChannel",
  ]);
});

test("a method of a newer version wants more until it is known to only read", () => {
  assert.equal(accessOfMethod("purgeEverything"), "edit");
  assert.equal(accessOfMethod("getter"), "edit");
  assert.equal(accessOfMethod("backtestAndPut"), "edit");
});
