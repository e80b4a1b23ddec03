import type { IntegrationKind } from "@sightline/alertmanager/config/receiver";
import { groupHash } from "./group-hash.ts";

/** Where an integration sends what it knows, its secrets among it. */
export interface Destination {
  /** All that has a say in who that is: of two that are the same, both reach the same. */
  readonly to: string;
  /** What makes sure that it is nobody else. */
  readonly isEncrypted: boolean;
  readonly isVerified: boolean;
}

/** The settings that say where integrations of a kind send to. */
const placesOf: Readonly<Record<IntegrationKind, readonly string[]>> = {
  console: [],
  discord: ["webhookUrl"],
  email: ["smarthost"],
  escalation: [],
  github: ["apiUrl"],
  incidentio: ["url"],
  jira: ["apiUrl"],
  mattermost: ["webhookUrl"],
  metrics: [],
  msteams: ["webhookUrl"],
  msteamsv2: ["webhookUrl"],
  opsgenie: ["apiUrl"],
  pagerduty: ["url"],
  pushover: [],
  rocketchat: ["apiUrl"],
  sentry: ["dsn"],
  slack: ["apiUrl"],
  sns: ["apiUrl", "sigv4"],
  telegram: ["apiUrl"],
  victorops: ["apiUrl"],
  webex: ["apiUrl"],
  webhook: ["url"],
  wechat: ["apiUrl"],
};

const proxy = ["proxyUrl", "noProxy"];
/** Who is believed to be the one that is meant. */
const identity = ["ca", "serverName"];

/**
 * Where an integration of a configuration sends to.
 *
 * @param config its settings, with what is in files in their place
 * @param templates the template files: an address may be made by them
 */
export function destinationOf(
  kind: IntegrationKind,
  config: object,
  templates: Readonly<Record<string, string>>,
): Destination {
  const settings = entriesOf(config);
  const http = entriesOf(settings.get("httpConfig"));
  const oauth2 = entriesOf(http.get("oauth2"));
  const trusts = [settings, http, oauth2].map((from) => entriesOf(from.get("tlsConfig")));
  const all = (from: ReadonlyMap<string, unknown>, keys: readonly string[]) => keys.map((key) => shown(from.get(key)));
  const written = [
    ...all(settings, placesOf[kind]),
    ...all(http, proxy),
    ...all(oauth2, ["tokenUrl", ...proxy]),
    ...trusts.flatMap((trust) => all(trust, identity)),
  ];
  const made = written.some((text) => text.includes("{{")) ? groupHash(JSON.stringify(Object.entries(templates))) : "";
  return {
    to: JSON.stringify([kind === "email" ? "mail" : "http", ...written, made]),
    isEncrypted: kind !== "email" || settings.get("requireTls") === true || isEncryptedAtOnce(settings) === true,
    isVerified: trusts.every((trust) => trust.get("insecureSkipVerify") !== true),
  };
}

/** Whether whoever gets to one of them is as sure to be the one that is meant as at the other. */
export function isAsGood(destination: Destination, than: Destination): boolean {
  return (
    destination.to === than.to &&
    (destination.isEncrypted || !than.isEncrypted) &&
    (destination.isVerified || !than.isVerified)
  );
}

/** All secrets that an integration has. */
export function secretsIn(value: unknown): string[] {
  const secret = revealed(value);
  if (secret !== undefined) return [secret];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

function revealed(value: unknown): string | undefined {
  const isSecret = typeof value === "object" && value !== null && "reveal" in value;
  return isSecret && typeof value.reveal === "function" ? String(value.reveal()) : undefined;
}

function isEncryptedAtOnce(settings: ReadonlyMap<string, unknown>): unknown {
  return settings.get("forceImplicitTls") ?? entriesOf(settings.get("smarthost")).get("port") === "465";
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

/** What is set, a secret or not; of secrets in it nothing. */
function shown(value: unknown): string {
  return revealed(value) ?? (typeof value === "string" ? value : JSON.stringify(value ?? ""));
}
