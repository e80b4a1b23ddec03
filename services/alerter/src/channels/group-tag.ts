import { groupHash } from "./group-hash.ts";

/**
 * What buttons name a group by, 64 hexadecimal digits. It is of the tenant too: one app in Slack may show messages of several, and sends
 * what is pressed to one of them.
 */
export function groupTag(tenant: string, groupKey: string): string {
  return groupHash(`${tenant}\n${groupKey}`);
}
