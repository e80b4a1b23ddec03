import { SEVERITIES, type Severity } from "@sightline/model/severity";
import { atSeverity } from "../at-severity.ts";
import { filled, severityOfWord } from "../fields.ts";
import { nothingOf, type Told, type ToldAlert, type ToldEvent } from "../told.ts";
import type {
  CheckRun,
  CodeScanningAlert,
  DependabotAlert,
  DeploymentStatus,
  IssueChange,
  ReadGithub,
  Release,
  SecretScanningAlert,
  WorkflowRun,
} from "./read.ts";

export interface GithubOptions {
  /** Of issues, those with one of these labels are alerts. */
  readonly issueLabels: readonly string[];
  /** `X-GitHub-Delivery`. */
  readonly deliveryId: string | undefined;
}

/**
 * What a webhook of GitHub means. What fails on the default branch and what is found in security are alerts; all of it are events, so
 * that deployments show beside what follows from them.
 */
export function translateGithub(read: ReadGithub, options: GithubOptions): Told {
  const { deliveryId } = options;
  if (read.kind === "other") return nothingOf(`the event ${read.event}`, deliveryId);
  const meaning = meaningOf(read, options);
  if (meaning === undefined) return nothingOf(`the action ${read.payload.action} of ${read.kind}`, deliveryId);
  const { alerts, event } = meaning;
  const repository = read.payload.repository.full_name;
  const details = filled({ action: read.payload.action, repository, ...event.about });
  const told: ToldEvent = {
    key: deliveryId ?? JSON.stringify([read.kind, details, event.timeMs ?? 0]),
    eventType: `github_${read.kind}`,
    severity: event.severity,
    category: event.category,
    target: repository,
    title: event.title,
    details,
    timeMs: event.timeMs,
  };
  return { deliveryId, alerts, events: [told], dropped: [] };
}

interface Meaning {
  readonly alerts: readonly ToldAlert[];
  readonly event: {
    readonly severity: Severity;
    readonly category: string;
    readonly title: string;
    readonly timeMs: number | undefined;
    readonly about: Readonly<Record<string, string>>;
  };
}

/** Undefined for what is not over yet, or of no consequence. */
function meaningOf(read: Exclude<ReadGithub, { kind: "other" }>, { issueLabels }: GithubOptions): Meaning | undefined {
  switch (read.kind) {
    case "check_run":
      return ofCheckRun(read.payload);
    case "workflow_run":
      return ofWorkflowRun(read.payload);
    case "dependabot_alert":
      return ofDependabot(read.payload);
    case "code_scanning_alert":
      return ofCodeScanning(read.payload);
    case "secret_scanning_alert":
      return ofSecretScanning(read.payload);
    case "issues":
      return ofIssue(read.payload, issueLabels);
    case "deployment_status":
      return ofDeployment(read.payload);
    case "release":
      return ofRelease(read.payload);
  }
}

type Status = ToldAlert["status"];

/** What a conclusion says; cancelled and stale runs say nothing. */
const conclusions: Readonly<Record<string, Status>> = {
  failure: "firing",
  timed_out: "firing",
  startup_failure: "firing",
  action_required: "firing",
  success: "resolved",
  neutral: "resolved",
  skipped: "resolved",
};

interface Run {
  readonly repository: CheckRun["repository"];
  readonly alertname: string;
  /** `check` or `workflow`, and its name. */
  readonly which: readonly [noun: "check" | "workflow", name: string];
  readonly branch: string;
  /** Whether it ran for what the repository's own branch is, not for what somebody wants it to be. */
  readonly isOfBranch: boolean;
  readonly conclusion: string;
  readonly description: string;
  readonly link: string;
  readonly timeMs: number | undefined;
}

function ofRun({ repository, alertname, which, branch, isOfBranch, conclusion, ...rest }: Run): Meaning {
  const { description, link, timeMs } = rest;
  const [noun, name] = which;
  const status = conclusions[conclusion];
  const title = `${noun} ${name} of ${repository.full_name} on ${branch || "no branch"}: ${conclusion}`;
  // On other branches somebody is at work, and sees it.
  const isDefault = isOfBranch && branch !== "" && branch === repository.default_branch;
  const isAlert = status !== undefined && isDefault;
  const labels = { alertname, repository: repository.full_name, [noun]: name, branch, severity: "warning" };
  const annotations = filled({ summary: title, description });
  const times = status === "firing" ? { startsAtMs: timeMs } : { endsAtMs: timeMs };
  const alerts = isAlert ? [{ status, labels, annotations, ...times, link }] : [];
  const severity = status === "firing" ? "warning" : "info";
  const about = filled({ [noun]: name, branch, conclusion, link });
  return { alerts, event: { severity, category: "operations", title, timeMs, about } };
}

function ofCheckRun({ action, repository, check_run: run }: CheckRun): Meaning | undefined {
  if (action !== "completed") return undefined;
  return ofRun({
    repository,
    alertname: "GitHubCheckFailed",
    which: ["check", run.name],
    branch: run.check_suite,
    // Of a fork's branch GitHub does not tell the name here.
    isOfBranch: true,
    conclusion: run.conclusion,
    description: run.output.title,
    link: run.html_url,
    timeMs: run.completed_at,
  });
}

function ofWorkflowRun({ action, repository, workflow_run: run }: WorkflowRun): Meaning | undefined {
  if (action !== "completed") return undefined;
  return ofRun({
    repository,
    alertname: "GitHubWorkflowFailed",
    which: ["workflow", run.name],
    branch: run.head_branch,
    isOfBranch: run.head_repository === repository.full_name && !run.event.startsWith("pull_request"),
    conclusion: run.conclusion,
    description: `run ${run.run_number}`,
    link: run.html_url,
    timeMs: run.updated_at,
  });
}

/** Actions of the three kinds of security alerts. */
const securityActions: Readonly<Record<string, Status>> = {
  created: "firing",
  reopened: "firing",
  auto_reopened: "firing",
  reintroduced: "firing",
  reopened_by_user: "firing",
  appeared_in_branch: "firing",
  publicly_leaked: "firing",
  fixed: "resolved",
  dismissed: "resolved",
  auto_dismissed: "resolved",
  closed_by_user: "resolved",
  resolved: "resolved",
  revoked: "resolved",
};

interface Finding {
  readonly alertname: string;
  readonly severity: Severity;
  readonly summary: string;
  /** What tells it apart beside its number. */
  readonly labels: Readonly<Record<string, string>>;
}

type SecurityPayload = DependabotAlert | CodeScanningAlert | SecretScanningAlert;

function ofFinding({ action, repository, alert }: SecurityPayload, finding: Finding): Meaning | undefined {
  const status = securityActions[action];
  if (status === undefined) return undefined;
  const { alertname, severity, summary } = finding;
  const title = `${summary || alertname} in ${repository.full_name}: ${action}`;
  const labels = filled({ ...finding.labels, alertname, repository: repository.full_name, number: alert.number });
  const annotations = filled({ summary: summary || alertname });
  const told = { labels, annotations, startsAtMs: alert.created_at, link: alert.html_url };
  const about = filled({ ...finding.labels, number: alert.number, link: alert.html_url });
  const eventSeverity = status === "firing" ? severity : "info";
  return {
    alerts: atSeverity(told, status === "firing" ? severity : undefined, SEVERITIES),
    event: {
      severity: eventSeverity,
      category: "security",
      title,
      timeMs: alert.updated_at ?? alert.created_at,
      about,
    },
  };
}

function ofDependabot(payload: DependabotAlert): Meaning | undefined {
  const { dependency, security_advisory: advisory } = payload.alert;
  return ofFinding(payload, {
    alertname: "GitHubDependabotAlert",
    severity: severityOfWord(advisory.severity),
    summary: advisory.summary,
    labels: filled({
      package: dependency.package.name,
      ecosystem: dependency.package.ecosystem,
      advisory: advisory.ghsa_id,
    }),
  });
}

function ofCodeScanning(payload: CodeScanningAlert): Meaning | undefined {
  const { rule } = payload.alert;
  return ofFinding(payload, {
    alertname: "GitHubCodeScanningAlert",
    severity: severityOfWord(rule.security_severity_level || rule.severity),
    summary: rule.description,
    labels: filled({ rule: rule.id }),
  });
}

function ofSecretScanning(payload: SecretScanningAlert): Meaning | undefined {
  const { secret_type: type, secret_type_display_name: name } = payload.alert;
  return ofFinding(payload, {
    alertname: "GitHubSecretScanningAlert",
    severity: "critical",
    summary: `a secret was found: ${name || type}`,
    labels: filled({ secret_type: type }),
  });
}

/** What our own channel to GitHub knows its issues by. One that an alert opened is no alert: it would open another, and that one the next. */
const ownMarker = /sightline-group-[0-9a-f]{40}/;

/** Undefined for an issue that has none of the labels asked for, and lost none. */
function ofIssue({ action, repository, label, issue }: IssueChange, wanted: readonly string[]): Meaning | undefined {
  const isMarked = issue.labels.some((name) => wanted.includes(name));
  const isUnmarked = action === "unlabeled" && wanted.includes(label) && !isMarked;
  if (!isMarked && !isUnmarked) return undefined;
  const isOver = isUnmarked || action === "closed" || action === "deleted" || issue.state === "closed";
  const labels = {
    alertname: "GitHubIssue",
    repository: repository.full_name,
    number: issue.number,
    severity: "warning",
  };
  const status = isOver ? "resolved" : "firing";
  const annotations = filled({ summary: issue.title, description: issue.body });
  const alerts: ToldAlert[] = ownMarker.test(issue.body) ? [] : [{ status, labels, annotations, link: issue.html_url }];
  const title = `issue ${issue.number} of ${repository.full_name}, ${issue.title}: ${action}`;
  const about = filled({ number: issue.number, link: issue.html_url, labels: issue.labels.join(", ") });
  const severity = isOver ? "info" : "warning";
  return { alerts, event: { severity, category: "operations", title, timeMs: issue.updated_at, about } };
}

const failedStates: ReadonlySet<string> = new Set(["failure", "error"]);

function ofDeployment({ repository, deployment, deployment_status: status }: DeploymentStatus): Meaning {
  const environment = status.environment || deployment.environment;
  const title = `deployment of ${repository.full_name} ${deployment.ref} to ${environment || "nowhere"}: ${status.state}`;
  const about = filled({
    state: status.state,
    environment,
    ref: deployment.ref,
    sha: deployment.sha,
    link: status.target_url,
    description: status.description,
  });
  const severity = failedStates.has(status.state) ? "error" : "info";
  return { alerts: [], event: { severity, category: "deployment", title, timeMs: status.updated_at, about } };
}

function ofRelease({ action, repository, release }: Release): Meaning | undefined {
  if (action !== "published") return undefined;
  const title = `${repository.full_name} ${release.tag_name} was released`;
  const about = filled({ tag: release.tag_name, name: release.name, link: release.html_url });
  return {
    alerts: [],
    event: { severity: "info", category: "deployment", title, timeMs: release.published_at, about },
  };
}
