import { quote } from "@sightline/gotext/quote";
import type { Route } from "./route.ts";

export interface NamedRecipient {
  /** As it is written where it is named. */
  readonly recipient: string;
  /** The receiver by which it is told. */
  readonly receiver: string;
}

/**
 * The way of alerts that name somebody who is to be told of them beside the routes: with the times and the grouping of the tree's root. Its key
 * has a form that no node of a tree has.
 */
export function recipientRoute(root: Route, { recipient, receiver }: NamedRecipient): Route {
  const key = `${root.key}/recipient=${quote(recipient)}`;
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
