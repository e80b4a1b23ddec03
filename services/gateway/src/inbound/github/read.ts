import { z } from "zod";
import { idText, optionalText, optionalTime, shortList } from "../fields.ts";
import { readWith } from "../read-with.ts";

const repository = z.object({
  full_name: z.string().min(1),
  default_branch: optionalText,
  html_url: optionalText,
});
/** Of an issue: as many as GitHub lets it have. */
const MAX_LABELS = 100;
const conclusion = optionalText;
const branch = optionalText;
const common = { action: optionalText, repository };

const checkRun = z.object({
  ...common,
  check_run: z.object({
    name: z.string(),
    conclusion,
    html_url: optionalText,
    completed_at: optionalTime,
    check_suite: z
      .object({ head_branch: branch })
      .nullish()
      .transform((suite) => suite?.head_branch ?? ""),
    output: z
      .object({ title: optionalText, summary: optionalText })
      .nullish()
      .transform((output) => output ?? { title: "", summary: "" }),
  }),
});

const workflowRun = z.object({
  ...common,
  workflow_run: z.object({
    name: optionalText,
    conclusion,
    head_branch: branch,
    /** Whose branch it is: a fork's may have any name. */
    head_repository: z
      .object({ full_name: optionalText })
      .nullish()
      .transform((head) => head?.full_name ?? ""),
    html_url: optionalText,
    run_number: idText,
    event: optionalText,
    updated_at: optionalTime,
  }),
});

const alertCommon = { number: idText, html_url: optionalText, created_at: optionalTime, updated_at: optionalTime };

const dependabotAlert = z.object({
  ...common,
  alert: z.object({
    ...alertCommon,
    dependency: z.object({ package: z.object({ ecosystem: optionalText, name: optionalText }) }),
    security_advisory: z.object({ ghsa_id: optionalText, severity: optionalText, summary: optionalText }),
  }),
});

const codeScanningAlert = z.object({
  ...common,
  alert: z.object({
    ...alertCommon,
    rule: z.object({
      id: optionalText,
      severity: optionalText,
      security_severity_level: optionalText,
      description: optionalText,
    }),
  }),
});

const secretScanningAlert = z.object({
  ...common,
  alert: z.object({ ...alertCommon, secret_type: optionalText, secret_type_display_name: optionalText }),
});

const issues = z.object({
  ...common,
  label: z
    .object({ name: z.string() })
    .nullish()
    .transform((label) => label?.name ?? ""),
  issue: z.object({
    number: idText,
    title: z.string(),
    body: optionalText,
    html_url: optionalText,
    state: optionalText,
    updated_at: optionalTime,
    labels: shortList(z.object({ name: z.string() }), MAX_LABELS)
      .default([])
      .transform((all) => all.map(({ name }) => name)),
  }),
});

const deploymentStatus = z.object({
  ...common,
  deployment_status: z.object({
    state: z.string(),
    description: optionalText,
    target_url: optionalText,
    environment: optionalText,
    updated_at: optionalTime,
  }),
  deployment: z.object({ ref: optionalText, sha: optionalText, environment: optionalText }),
});

const release = z.object({
  ...common,
  release: z.object({ tag_name: z.string(), name: optionalText, html_url: optionalText, published_at: optionalTime }),
});

const kinds = {
  check_run: checkRun,
  workflow_run: workflowRun,
  dependabot_alert: dependabotAlert,
  code_scanning_alert: codeScanningAlert,
  secret_scanning_alert: secretScanningAlert,
  issues,
  deployment_status: deploymentStatus,
  release,
} as const;

export type CheckRun = z.infer<typeof checkRun>;
export type WorkflowRun = z.infer<typeof workflowRun>;
export type DependabotAlert = z.infer<typeof dependabotAlert>;
export type CodeScanningAlert = z.infer<typeof codeScanningAlert>;
export type SecretScanningAlert = z.infer<typeof secretScanningAlert>;
export type IssueChange = z.infer<typeof issues>;
export type DeploymentStatus = z.infer<typeof deploymentStatus>;
export type Release = z.infer<typeof release>;

export type ReadGithub =
  | { readonly kind: "check_run"; readonly payload: CheckRun }
  | { readonly kind: "workflow_run"; readonly payload: WorkflowRun }
  | { readonly kind: "dependabot_alert"; readonly payload: DependabotAlert }
  | { readonly kind: "code_scanning_alert"; readonly payload: CodeScanningAlert }
  | { readonly kind: "secret_scanning_alert"; readonly payload: SecretScanningAlert }
  | { readonly kind: "issues"; readonly payload: IssueChange }
  | { readonly kind: "deployment_status"; readonly payload: DeploymentStatus }
  | { readonly kind: "release"; readonly payload: Release }
  /** An event that says nothing here. */
  | { readonly kind: "other"; readonly event: string };

/** A webhook of GitHub: what it is, `X-GitHub-Event` says (docs.github.com, "Webhook events and payloads"). */
export function readGithub(event: string, payload: unknown): ReadGithub {
  const what = `GitHub event ${event}`;
  switch (event) {
    case "check_run":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "workflow_run":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "dependabot_alert":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "code_scanning_alert":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "secret_scanning_alert":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "issues":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "deployment_status":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    case "release":
      return { kind: event, payload: readWith(kinds[event], payload, what) };
    default:
      return { kind: "other", event };
  }
}
