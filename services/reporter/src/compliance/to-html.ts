import type { Html } from "../render/html.ts";
import { duration, eventSection, figures, listSection, minute, number } from "../render/page.ts";
import type { ComplianceReport } from "./report.ts";

/** What a page of it shows. */
export function complianceSections(report: ComplianceReport): Html[] {
  const applied = report.retention.filter(({ state }) => state === "applied").length;
  return [
    figures([
      { value: number(report.changes.total), label: "changes" },
      { value: number(report.audit_events.total), label: "audit and compliance events" },
      { value: `${applied} of ${report.retention.length}`, label: "kinds with their retention applied" },
      { value: number(report.silences.length), label: "silences in force" },
    ]),
    ...changeSections(report),
    ...keptSections(report),
    ...muteSections(report),
    listSection(
      "Who was on call",
      ["Schedule", "#Covered", "#Nobody for", "Gaps (UTC)"],
      report.on_call.map(({ schedule, covered_percent, uncovered_seconds, gaps }) => [
        schedule,
        `${number(covered_percent)} %`,
        duration(uncovered_seconds),
        gaps.map(({ start, end }) => `${minute(start)} – ${minute(end)}`).join("; "),
      ]),
      "There is no schedule.",
    ),
    listSection(
      "What is not known",
      ["Of what, and why"],
      report.not_known.map((text) => [text]),
      "Nothing.",
    ),
  ];
}

function changeSections({ changes, audit_events }: ComplianceReport): Html[] {
  return [
    listSection(
      "Who changed what",
      ["Time", "By", "What", "Name", "Version"],
      changes.list.map(({ time, author, what, name, version }) => [minute(time), author, what, name, version]),
      "No change is known of.",
    ),
    eventSection(
      "Audit and compliance events",
      audit_events.newest,
      "No event of the categories audit and compliance.",
    ),
  ];
}

function keptSections({ retention }: ComplianceReport): Html[] {
  return [
    listSection(
      "How long records are kept",
      ["Kind", "#Days asked for", "#Days in force", "State", "#Rows", "#MiB on disk", "Oldest"],
      retention.map((kept) => [
        kept.kind,
        kept.days,
        kept.applied_days === 0 ? "forever" : kept.applied_days,
        kept.reason === "" ? kept.state : `${kept.state}: ${kept.reason}`,
        kept.rows,
        kept.bytes_on_disk / 1_048_576,
        minute(kept.oldest),
      ]),
      "Nothing is kept.",
    ),
  ];
}

function muteSections({ silences, maintenance_windows }: ComplianceReport): Html[] {
  return [
    listSection(
      "Silences",
      ["Matchers", "Author", "Reason", "From", "Until"],
      silences.map((silence) => [
        silence.matchers,
        silence.author,
        silence.reason,
        minute(silence.starts_at),
        minute(silence.ends_at),
      ]),
      "No silence was in force.",
    ),
    listSection(
      "Maintenance windows, as they were when this report was made",
      ["Name", "Matchers", "Author", "Reason", "Changed", "Open"],
      maintenance_windows.map((window) => [
        window.name,
        window.matchers,
        window.author,
        window.reason,
        minute(window.changed_at),
        window.open ? "yes" : "no",
      ]),
      "There is no maintenance window.",
    ),
  ];
}
