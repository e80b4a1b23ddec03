import { useMutation, useQueryClient } from "@tanstack/react-query";
import { alertsKey } from "../../../api/alerts.ts";
import { actOnIncident, type IncidentAction } from "../../../api/incidents.ts";
import { tellDone, tellFailed } from "../../../components/notify.ts";

const done = {
  change: "Changed.",
  notes: "The note is in the time line.",
  merge: "Merged: its alerts are part of this incident.",
  split: "Split: they are an incident of their own.",
  close: "Closed: it is over.",
} satisfies Record<IncidentAction["verb"], string>;

const failed = {
  change: "Could not change the incident",
  notes: "Could not write the note",
  merge: "Could not merge the incidents",
  split: "Could not split the incident",
  close: "Could not close the incident",
} satisfies Record<IncidentAction["verb"], string>;

/** Acts on an incident, tells how it went, and lets everything about incidents load anew. */
export function useIncidentAct(incidentId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (action: IncidentAction) => actOnIncident(incidentId, action),
    onSuccess: (_, { verb }) => tellDone(done[verb]),
    onError: (error, { verb }) => tellFailed(failed[verb], error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey }),
  });
}
