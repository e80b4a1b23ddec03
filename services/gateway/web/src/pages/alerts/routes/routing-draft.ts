import type { RoutingConfiguration } from "../../../api/alert-routing.ts";

/** A configuration that somebody is writing, and the version that it was made of. */
export interface RoutingDraft {
  readonly base: RoutingConfiguration;
  readonly source: string;
}

/** A draft of which nothing is written yet. */
export function draftOf(base: RoutingConfiguration): RoutingDraft {
  return { base, source: base.source };
}

/** Whether anything was written. */
export function isChanged({ base, source }: RoutingDraft): boolean {
  return source !== base.source;
}

/** The draft after another version came into force: as long as nothing was written it is that version, else it stays. */
export function following(draft: RoutingDraft, newest: RoutingConfiguration): RoutingDraft {
  return isChanged(draft) || newest.version === draft.base.version ? draft : draftOf(newest);
}

/** Whether somebody else has put another version since, so that this one would undo what they did. */
export function isOvertaken(draft: RoutingDraft, newest: RoutingConfiguration): boolean {
  return isChanged(draft) && newest.version !== draft.base.version;
}
