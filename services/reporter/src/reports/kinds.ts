import { invalid } from "@sightline/errors/app-error";
import { ReportKind } from "@sightline/proto/sightline/report/v1/report_service";
import type { z } from "zod";
import { gatherComplianceReport } from "../compliance/gather.ts";
import { complianceReport } from "../compliance/report.ts";
import { complianceSections } from "../compliance/to-html.ts";
import { gatherComprehensiveReport } from "../comprehensive/gather.ts";
import { comprehensiveReport } from "../comprehensive/report.ts";
import { comprehensiveSections } from "../comprehensive/to-html.ts";
import { gatherHealthReport } from "../health/gather.ts";
import { type HealthReport, healthReport } from "../health/report.ts";
import { healthSections } from "../health/to-html.ts";
import { gatherOperationalReport } from "../operational/gather.ts";
import { operationalReport } from "../operational/report.ts";
import { operationalSections } from "../operational/to-html.ts";
import type { Html } from "../render/html.ts";
import { type PageHead, pageOf } from "../render/page.ts";
import { gatherSecurityReport } from "../security/gather.ts";
import { securityReport } from "../security/report.ts";
import { securitySections } from "../security/to-html.ts";
import type { GatherOptions } from "../sources/asking.ts";

/** What all documents have; what else they have is known to their kind. */
export interface ReportDocument extends PageHead {
  readonly kind: string;
  readonly report_id: string;
  /** In one line; health reports have figures instead. */
  readonly headline?: string;
}

/** How a kind of report is made and shown. */
export interface KindOfReport {
  /** In documents, file names and the database. */
  readonly word: string;
  readonly number: ReportKind;
  gather(options: GatherOptions): Promise<ReportDocument>;
  /** The figures of the fleet's health; of kinds that do not tell of it, none. */
  figures(
    document: unknown,
  ): Pick<HealthReport, "fleet_health_score" | "healthy_systems" | "total_systems"> | undefined;
  /** A document that was kept. */
  parse(document: unknown): ReportDocument;
  toHtml(document: unknown): string;
}

interface Definition<T extends ReportDocument> {
  readonly word: string;
  readonly number: ReportKind;
  readonly schema: z.ZodType<T>;
  readonly gather: (options: GatherOptions) => Promise<T>;
  readonly sections: (report: T) => readonly (Html | undefined)[];
  readonly health?: (report: T) => HealthReport;
}

function kind<T extends ReportDocument>({ schema, sections, health, ...rest }: Definition<T>): KindOfReport {
  return {
    ...rest,
    figures: (document) => health?.(schema.parse(document)),
    parse: (document) => schema.parse(document),
    toHtml: (document) => {
      const report = schema.parse(document);
      return pageOf(report, sections(report));
    },
  };
}

const health = kind({
  word: "health",
  number: ReportKind.HEALTH,
  schema: healthReport,
  gather: gatherHealthReport,
  sections: healthSections,
  health: (report) => report,
});

/** THE list of kinds. */
const kinds: readonly KindOfReport[] = [
  health,
  kind({
    word: "security",
    number: ReportKind.SECURITY,
    schema: securityReport,
    gather: gatherSecurityReport,
    sections: securitySections,
  }),
  kind({
    word: "operational",
    number: ReportKind.OPERATIONAL,
    schema: operationalReport,
    gather: gatherOperationalReport,
    sections: operationalSections,
  }),
  kind({
    word: "compliance",
    number: ReportKind.COMPLIANCE,
    schema: complianceReport,
    gather: gatherComplianceReport,
    sections: complianceSections,
  }),
  kind({
    word: "comprehensive",
    number: ReportKind.COMPREHENSIVE,
    schema: comprehensiveReport,
    gather: gatherComprehensiveReport,
    sections: comprehensiveSections,
    health: (report) => report.health,
  }),
];

/** The kind that a request means; none named is health. Throws `invalid_argument` for one that is not known. */
export function kindOfNumber(number: ReportKind): KindOfReport {
  if (number === ReportKind.UNSPECIFIED) return health;
  const found = kinds.find((one) => one.number === number);
  if (found === undefined) {
    throw invalid(`cannot make a report: got kind ${number}, want one of ${kinds.map(({ word }) => word).join(", ")}`);
  }
  return found;
}

/** The kind of a kept document; undefined for one of a newer Sightline. */
export function kindOfWord(word: string): KindOfReport | undefined {
  return kinds.find((one) => one.word === word);
}
