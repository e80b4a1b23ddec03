import { useMutation, useQueryClient } from "@tanstack/react-query";
import { alertsKey, changeAlert } from "../../api/alerts.ts";
import { tellDone, tellFailed } from "../../components/notify.ts";

/** What is to be done with which alert. */
export interface AlertChangeRequest {
  readonly alertId: string;
  readonly change: "acknowledge" | "resolve";
  readonly note: string;
}

/** Acknowledges and resolves alerts, tells how it went, and lets every list of alerts load anew. */
export function useAlertChange() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ alertId, change, note }: AlertChangeRequest) => changeAlert(alertId, change, note),
    onSuccess: (_, { change }) => tellDone(change === "acknowledge" ? "Acknowledged: it is yours." : "Resolved."),
    onError: (error, { change }) => tellFailed(`Could not ${change} the alert`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey }),
  });
}
