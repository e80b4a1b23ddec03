import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ActionTarget, type AlertAction, actOnAlert } from "../../../api/alert-groups.ts";
import { alertsKey } from "../../../api/alerts.ts";
import { tellDone, tellFailed } from "../../../components/notify.ts";

const SEEN_AFTER_MS = 1500;

/** What is to be done to what. */
export interface ActRequest {
  readonly target: ActionTarget;
  readonly action: AlertAction;
  readonly note?: string;
}

const done = {
  acknowledge: "Acknowledged: it is yours.",
  unacknowledge: "Taken back: people are told again.",
  assign: "Assigned.",
  snooze: "Snoozed: it comes back if it still fires then.",
  resolve: "Resolved: it comes back where it still fires.",
} satisfies Record<AlertAction["verb"], string>;

const verbs = {
  acknowledge: "acknowledge",
  unacknowledge: "take back the acknowledgement of",
  assign: "assign",
  snooze: "snooze",
  resolve: "resolve",
} satisfies Record<AlertAction["verb"], string>;

/** Acts on alerts and groups, tells how it went, and lets every list of alerts load anew. */
export function useAct() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ target, action, note = "" }: ActRequest) => actOnAlert(target, action, note),
    onSuccess: (_, { action }) => tellDone(done[action.verb]),
    onError: (error, { action, target }) =>
      tellFailed(`Could not ${verbs[action.verb]} the ${"alert" in target ? "alert" : "group"}`, error),
    onSettled: () => {
      const refresh = () => void queryClient.invalidateQueries({ queryKey: alertsKey });
      refresh();
      // What was done is kept by now, but whoever dispatches takes a moment to see it.
      setTimeout(refresh, SEEN_AFTER_MS);
    },
  });
}
