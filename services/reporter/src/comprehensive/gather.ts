import { gatherComplianceReport } from "../compliance/gather.ts";
import { gatherHealthReport } from "../health/gather.ts";
import { gatherOperationalReport } from "../operational/gather.ts";
import { headOf } from "../reports/head.ts";
import { gatherSecurityReport } from "../security/gather.ts";
import type { GatherOptions } from "../sources/asking.ts";
import { type ComprehensiveReport, makeComprehensiveReport } from "./report.ts";

/** Gathers all kinds, one after the other: together they would ask of storage more than one request may. */
export async function gatherComprehensiveReport(options: GatherOptions): Promise<ComprehensiveReport> {
  return makeComprehensiveReport(headOf(options), {
    health: await gatherHealthReport(options),
    security: await gatherSecurityReport(options),
    operational: await gatherOperationalReport(options),
    compliance: await gatherComplianceReport(options),
  });
}
