import { useMutation, useQueryClient } from "@tanstack/react-query";
import { alertsKey } from "../../../api/alerts.ts";
import { actOnEscalation, type EscalationAction } from "../../../api/escalations.ts";
import { tellDone, tellFailed } from "../../../components/notify.ts";

const done = {
  acknowledge: "Acknowledged: nobody else is told.",
  snooze: "Snoozed: the steps begin again after that.",
  reassign: "Given away.",
  resume: "The steps begin again.",
  resolve: "It is over for everybody who was told.",
} satisfies Record<EscalationAction["verb"], string>;

const failed = {
  acknowledge: "Could not acknowledge it",
  snooze: "Could not snooze it",
  reassign: "Could not give it away",
  resume: "Could not let the steps begin again",
  resolve: "Could not end it",
} satisfies Record<EscalationAction["verb"], string>;

/** Acts on an escalation, tells how it went, and lets everything about alerts load anew. */
export function useEscalationAct(escalationId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ action, note }: { action: EscalationAction; note: string }) =>
      actOnEscalation(escalationId, action, note),
    onSuccess: (_, { action: { verb } }) => tellDone(done[verb]),
    onError: (error, { action: { verb } }) => tellFailed(failed[verb], error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey }),
  });
}
