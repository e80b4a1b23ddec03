import { readFileSync } from "node:fs";
import { type Html, html, trusted } from "./html.ts";

const style = readFileSync(new URL("./style.css", import.meta.url), "utf8");

/** What the top of a page says. */
export interface PageHead {
  readonly title: string;
  readonly tenant: string;
  readonly time_range: { readonly start: string; readonly end: string };
  readonly generated_at: string;
  readonly missing: readonly string[];
}

/** A report as one HTML file that needs nothing else: no script, and nothing from elsewhere. */
export function pageOf(report: PageHead, content: readonly (Html | undefined)[]): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${report.title}, ${day(report.time_range.start)} to ${day(report.time_range.end)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<header>
<h1>${report.title}</h1>
<p>${minute(report.time_range.start)} to ${minute(report.time_range.end)} UTC · tenant ${report.tenant} · made ${minute(report.generated_at)} UTC</p>
</header>
${missing(report.missing)}
${content}
</main>
</body>
</html>
`;
  return page.html;
}

function missing(parts: readonly string[]): Html | undefined {
  if (parts.length === 0) return undefined;
  return html`<div class="missing"><strong>This report is not complete.</strong> ${parts.map((part) => html`<div>${part}</div>`)}</div>`;
}

export function section(title: string, ...content: readonly (Html | undefined)[]): Html {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

/** @param columns a name that begins with # is of a column of numbers */
export function table(columns: readonly string[], rows: readonly Html[]): Html {
  const heads = columns.map((name) =>
    name.startsWith("#") ? html`<th class="number">${name.slice(1)}</th>` : html`<th>${name}</th>`,
  );
  return html`<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** A section with a table of texts and numbers, or what to say where there is none. */
export function listSection(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  otherwise: string,
): Html {
  if (rows.length === 0) return section(title, soft(otherwise));
  const cell = (value: string | number, at: number) =>
    columns[at]?.startsWith("#")
      ? html`<td class="number">${typeof value === "number" ? number(value) : value}</td>`
      : html`<td>${value}</td>`;
  return section(
    title,
    table(
      columns,
      rows.map((row) => html`<tr>${row.map(cell)}</tr>`),
    ),
  );
}

/** What a list of events shows of one. */
export interface EventLine {
  readonly time: string;
  readonly severity: string;
  readonly event_type: string;
  readonly target: string;
  readonly user: string;
  readonly title: string;
}

/** A section with a table of events, or what to say where there is none. */
export function eventSection(title: string, events: readonly EventLine[], otherwise: string): Html {
  return listSection(
    title,
    ["Time", "Severity", "Type", "Target", "User", "Title"],
    events.map((event) => [
      minute(event.time),
      event.severity,
      event.event_type,
      event.target,
      event.user,
      event.title,
    ]),
    otherwise,
  );
}

/** A remark. */
export function soft(text: string): Html {
  return html`<p class="soft">${text}</p>`;
}

/** The few numbers that matter most. */
export function figures(all: readonly { value: string; label: string; tone?: string }[]): Html {
  const one = ({ value, label, tone = "" }: (typeof all)[number]) =>
    html`<div class="figure"><b class="${tone}">${value}</b><span>${label}</span></div>`;
  return html`<div class="figures">
${all.map(one)}
</div>`;
}

export function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}

/** `45 s`, `12 min`, `3.5 h`, `2 d`; a dash for what is not known. */
export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 120) return `${number(seconds)} s`;
  if (seconds < 7200) return `${number(seconds / 60)} min`;
  return seconds < 172_800 ? `${number(seconds / 3600)} h` : `${number(seconds / 86_400)} d`;
}

export function minute(moment: string | null): string {
  return moment === null ? "" : moment.slice(0, 16).replace("T", " ");
}

function day(moment: string): string {
  return moment.slice(0, 10);
}
