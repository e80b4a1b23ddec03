import { type Codec, type Fail, list, optional, type StructOf, shownList, struct } from "./codec.ts";
import { notifier } from "./integrations/notifier.ts";
import { flag, secret, secretUrl, text, timeoutMs, url, word } from "./values.ts";

const github = struct("github", {
  ...notifier(true),
  apiUrl: url,
  token: secret,
  owner: text(),
  repo: text(),
  title: optional(text()),
  body: optional(text()),
  comment: optional(text()),
  labels: shownList(text()),
  assignees: list(text()),
  closeResolved: flag(true),
  /** 0: as long as such messages usually have. */
  timeoutMs,
});

const sentry = struct("sentry", {
  ...notifier(false),
  dsn: secretUrl,
  message: optional(text()),
  environment: text(),
  release: text(),
  timeoutMs,
});

const consoleLog = struct("console", { sendResolved: flag(true) });
const metrics = struct("metrics", { sendResolved: flag(true) });

const slack = struct("slack", {
  thread: flag(false),
  layout: optional(word(["attachment", "blocks"], (got) => `unknown layout "${got}", want attachment or blocks`)),
  /** Buttons act by themselves. */
  interactive: flag(false),
  mentionUsers: list(text()),
});

const webhook = struct("webhook", { signingSecret: secret });
const pagerduty = struct("pagerduty", { severityFromLabels: flag(false) });
const email = struct("email", { attachAlerts: flag(false) });

const fields = {
  /** Name of the escalation policy that a group goes through until somebody acknowledges it. */
  escalation: text(),
  console: set(consoleLog),
  github: set(github),
  metrics: set(metrics),
  sentry: set(sentry),
  email: optional(email),
  pagerduty: optional(pagerduty),
  slack: optional(slack),
  webhook: optional(webhook),
};

export type SightlineConfig = StructOf<typeof fields>;

/**
 * What Alertmanager does not know of a receiver: what follows until somebody acknowledges, kinds of integrations that it has not, and
 * what we add to all those of a kind that it has. A file without it is plain Alertmanager's.
 */
export const sightlineCodec = struct("sightline", fields, { finish });

function finish(config: SightlineConfig, fail: Fail): SightlineConfig {
  if (config.github !== undefined) {
    const { token, owner, repo } = config.github;
    if (token === undefined) fail("missing token in sightline.github", "github");
    if (owner === "" || repo === "") fail("missing owner or repo in sightline.github", "github");
  }
  if (config.slack?.interactive && config.slack.layout !== "blocks") {
    fail("interactive in sightline.slack needs layout: blocks", "slack");
  }
  if (config.sentry !== undefined && config.sentry.dsn === undefined) fail("missing dsn in sightline.sentry", "sentry");
  return config;
}

/** One that is there as soon as its key is, with nothing behind it too. */
function set<T>(codec: Codec<T>): Codec<T | undefined> {
  return { ...optional(codec), empty: codec.initial };
}
