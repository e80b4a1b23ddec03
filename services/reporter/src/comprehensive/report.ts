import { z } from "zod";
import { complianceReport } from "../compliance/report.ts";
import { healthReport } from "../health/report.ts";
import { operationalReport } from "../operational/report.ts";
import { type Head, reportHead } from "../reports/head.ts";
import { securityReport } from "../security/report.ts";

const parts = {
  health: healthReport,
  security: securityReport,
  operational: operationalReport,
  compliance: complianceReport,
};

/** All kinds of one time as one document. */
export const comprehensiveReport = reportHead.extend({ kind: z.literal("comprehensive"), ...parts });

export type ComprehensiveReport = z.infer<typeof comprehensiveReport>;

/** @param reports of the same request */
export function makeComprehensiveReport(
  head: Head,
  reports: Pick<ComprehensiveReport, keyof typeof parts>,
): ComprehensiveReport {
  const { health, security, operational, compliance } = reports;
  const all = [health, security, operational, compliance];
  const score = `health ${health.fleet_health_score}`;
  return {
    ...head,
    kind: "comprehensive",
    title: "Everything",
    headline: [score, security.headline, operational.headline, compliance.headline].join("; "),
    ...reports,
    // The same thing may be missing in several of them.
    missing: [...new Set(all.flatMap(({ missing }) => missing))].toSorted(),
  };
}
