import { complianceSections } from "../compliance/to-html.ts";
import { healthSections } from "../health/to-html.ts";
import { operationalSections } from "../operational/to-html.ts";
import { type Html, html } from "../render/html.ts";
import { securitySections } from "../security/to-html.ts";
import type { ComprehensiveReport } from "./report.ts";

/** What a page of it shows: that of each kind under its title. */
export function comprehensiveSections(report: ComprehensiveReport): (Html | undefined)[] {
  const { health, security, operational, compliance } = report;
  const part = (title: string, content: readonly (Html | undefined)[]) =>
    html`<h1 class="part">${title}</h1>${content}`;
  return [
    part(health.title, healthSections(health)),
    part(security.title, securitySections(security)),
    part(operational.title, operationalSections(operational)),
    part(compliance.title, complianceSections(compliance)),
  ];
}
