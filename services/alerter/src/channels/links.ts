import { commonAnnotations, type Notification } from "@sightline/alertmanager/notification";
import { groupHash } from "./group-hash.ts";

/** Where people go from a message. */
export interface Links {
  /** The group on the page of alerts. */
  readonly group: string;
  /** The same, asking whether to acknowledge it. */
  readonly acknowledge: string;
  /** A new silence that would cover the group. */
  readonly silence: string;
  /** What to do about it, where all alerts say the same. */
  readonly runbook: string | undefined;
}

/** The links of a group of alerts. */
export function linksOf({ externalUrl, groupKey, groupLabels, alerts }: Notification): Links {
  const group = `${externalUrl}/alerts?group=${groupHash(groupKey)}`;
  const matchers = Object.entries(groupLabels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const { runbook_url, runbook } = commonAnnotations(alerts);
  return {
    group,
    acknowledge: `${group}&acknowledge=1`,
    silence: `${externalUrl}/silences/new?filter=${encodeURIComponent(`{${matchers.join(",")}}`)}`,
    runbook: [runbook_url, runbook].find((url) => url !== undefined && /^https?:\/\//.test(url)),
  };
}
