import { quote } from "@sightline/gotext/quote";
import { unquote } from "@sightline/gotext/unquote";
import type { Route } from "./route.ts";

export interface NamedRecipient {
  /** As it is written where it is named. */
  readonly recipient: string;
  /** The receiver by which it is told. */
  readonly receiver: string;
}

const mark = "/recipient=";
const quoted = /^"(?:[^"\\]|\\.)*"/;

/**
 * The way of alerts that name somebody who is to be told of them beside the routes: with the times and the grouping of the tree's root. Its key
 * has a form that no node of a tree has.
 */
export function recipientRoute(root: Route, { recipient, receiver }: NamedRecipient): Route {
  const key = `${root.key}${mark}${quote(recipient)}`;
  return {
    key,
    id: key,
    index: -1,
    matchers: [],
    continue: true,
    options: { ...root.options, receiver, muteTimeIntervals: [], activeTimeIntervals: [] },
    routes: [],
    recipient,
  };
}

/** Whom a group tells, by its key, where it is one of a recipient's. */
export function recipientOf(root: Route, groupKey: string): string | undefined {
  const head = root.key + mark;
  const recipient = groupKey.startsWith(head) ? quoted.exec(groupKey.slice(head.length)) : null;
  return recipient === null ? undefined : unquote(recipient[0]);
}
