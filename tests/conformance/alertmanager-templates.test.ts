// The templates' outside judge: amtool, which fills in a text with Alertmanager's own code. Debian's is older than the Alertmanager that
// ours follow, so that only what both have is asked: its labels do not know how to print themselves.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { type Binary, environmentOf } from "../../deploy/local/src/install/binary.ts";
import { fromDebian, hasApt } from "../../deploy/local/src/install/debian.ts";
import type { Notification, NotifiedAlert } from "../../libs/alertmanager/src/notification.ts";
import { createTemplates } from "../../libs/alertmanager/src/template/templates.ts";
import { createRandom } from "../../libs/testkit/src/random.ts";

const startsAtMs = Date.UTC(2024, 0, 1, 8, 15, 30);

function alert(status: "firing" | "resolved", labels: Record<string, string>): NotifiedAlert {
  return {
    status,
    labels: { alertname: "Disk", job: "node", ...labels },
    annotations: { summary: `it's "full" & <b>hot</b>`, link: "javascript:alert(1)" },
    ...{ startsAtMs, endsAtMs: startsAtMs + 60_000 },
    generatorUrl: "http://prom/graph?g0.expr=a%3Eb&g0.tab=1",
    fingerprint: "9266ef3da838ad95",
  };
}

const notification: Notification = {
  receiver: "team.x",
  groupKey: '{}:{job="node"}',
  groupLabels: { job: "node" },
  routeLabels: {},
  status: "firing",
  reason: "first notification",
  alerts: [alert("firing", { zone: "a/b" }), alert("firing", { zone: "é" }), alert("resolved", { severity: "info" })],
  truncatedAlerts: 0,
  externalUrl: "http://am/x?y=z",
};

const shipped = [
  "slack.default.title",
  "slack.default.fallback",
  "opsgenie.default.description",
  "pushover.default.message",
];
const texts: readonly string[] = [
  ...[...shipped, "email.default.subject", "email.default.html", "jira.default.priority", "msteams.default.text"].map(
    (name) => `{{ template "${name}" . }}`,
  ),
  "{{ .CommonLabels.SortedPairs.Names }} {{ .GroupLabels.Names }} {{ .CommonAnnotations.Values }}",
  "{{ len .Alerts.Firing }}/{{ len .Alerts.Resolved }} {{ .Alerts.Firing | len | printf `%03d` }}",
  "{{ range $i, $a := .Alerts }}{{ $i }}:{{ $a.Labels.zone }}{{ $a.Labels.none }},{{ end }}",
  "{{ with (index .Alerts 0).Labels.Remove (stringSlice `job`) }}{{ .Values | join `+` }}{{ end }}",
  `{{ .CommonLabels.alertname | toUpper | toLower | title }} {{ reReplaceAll "(.)i" "$1-" "Disk" }} {{ match "^D" "Disk" }}`,
  "{{ (index .Alerts 0).StartsAt }} {{ (index .Alerts 0).StartsAt.Format `02 Jan 06 15:04 MST` }} {{ (index .Alerts 0).StartsAt.Unix }}",
  "{{ printf `%v|%q|%s|%T` .CommonLabels.Names .Status .GroupLabels.Values .GroupLabels }}",
  "{{ .Receiver | urlquery | html }} {{ js (index .Alerts 0).Annotations.summary }}",
  `<a href="{{ .ExternalURL }}&q={{ .Status }}" title='{{ (index .Alerts 0).Annotations.summary }}'>{{ .Receiver }}</a>`,
  `<a href="{{ (index .Alerts 0).Annotations.link }}" onclick="f({{ .CommonLabels.Values }})" style="color: {{ .Status }}">`,
  `<script>x = {{ (index .Alerts 0).StartsAt }} + {{ len .Alerts }}; y = "{{ (index .Alerts 0).Annotations.summary }}"</script><title>{{ .CommonAnnotations.summary }}</title>`,
  `{{ if eq .Status "firing" }}<p{{ else }}<b>{{ end }}>`,
  "{{ .Nope }}",
  "{{ index .Alerts 7 }}",
  "{{ .Status | nope }}",
  "{{ if .Status }}",
  "{{ toUpper 1 }}",
  "{{ template `nope` . }}",
];

const pieces = [
  ...[
    "{{ range .Alerts }}",
    "{{ if .Labels.zone }}",
    "{{ with .CommonLabels }}",
    "{{ else }}",
    "{{ end }}",
    "{{ end -}}",
    "\n",
    " ",
  ],
  ...[
    "{{ .Status }}",
    "{{ .Annotations.link }}",
    "{{ .Labels.zone }}",
    "{{ .Fingerprint }}",
    "{{ $.Receiver }}",
    "{{- .Annotations.summary | toUpper -}}",
  ],
  ...[
    "<a href='",
    "'>",
    '<p title="',
    '">',
    "<style>",
    "</style>",
    "<b>",
    "<script>",
    "</script>",
    "text",
    "{{ .GeneratorURL }}",
  ],
] as const;

function randomTexts(count: number): string[] {
  const random = createRandom(11);
  return Array.from({ length: count }, () => {
    const picked = Array.from({ length: 2 + random.below(8) }, () => random.pick(pieces)).join("");
    const open = (picked.match(/\{\{ (?:range|if|with)/g) ?? []).length - (picked.match(/\{\{ end/g) ?? []).length;
    return picked + "{{ end }}".repeat(Math.max(0, open));
  });
}

const skip = hasApt() ? false : "amtool comes from a Debian package";

describe("templates, beside Alertmanager's", { skip }, () => {
  const dir = mkdtempSync(join(tmpdir(), "sightline-templates-"));
  const data = join(dir, "data.json");
  const templates = createTemplates([], { now: () => startsAtMs });
  let amtool: Binary | undefined;

  before(async () => {
    amtool = await fromDebian("prometheus-alertmanager", "amtool");
    writeFileSync(data, templates.expandText("{{ toJson . }}", notification));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  async function theirs(form: "text" | "html", text: string): Promise<string> {
    assert.ok(amtool !== undefined);
    const folder = resolve(import.meta.dirname, "../../libs/alertmanager/src/template");
    const flags = [`--template.text=${text}`, `--template.data=${data}`, `--template.type=${form}`];
    const globs = ["default", "email"].map((name) => `--template.glob=${join(folder, `${name}.tmpl`)}`);
    const env = { ...process.env, ...environmentOf(amtool) };
    try {
      const { stdout } = await promisify(execFile)(amtool.path, ["template", "render", ...globs, ...flags], {
        env,
        timeout: 20_000,
      });
      return stdout;
    } catch (thrown) {
      const said = thrown instanceof Error && "stderr" in thrown ? String(thrown.stderr) : String(thrown);
      return `failed: ${said.replace("amtool: error: ", "").trim()}`;
    }
  }

  function ours(form: "text" | "html", text: string): string {
    try {
      return form === "text" ? templates.expandText(text, notification) : templates.expandHtml(text, notification);
    } catch (thrown) {
      // Here the data is a pointer, as it is in Alertmanager but not in amtool; and newer contexts count the braces of JavaScript.
      const said = thrown instanceof Error ? thrown.message : String(thrown);
      return `failed: ${said.replaceAll("*template.Data", "template.Data").replaceAll(" [] ", " ")}`;
    }
  }

  for (const form of ["text", "html"] as const) {
    it(`fills in what Alertmanager does, as ${form}`, async () => {
      for (const text of [...texts, ...randomTexts(60)]) assert.equal(ours(form, text), await theirs(form, text), text);
    });
  }
});
