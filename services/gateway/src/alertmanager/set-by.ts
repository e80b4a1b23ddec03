/** Who really put a silence that says to be somebody else's. */
const SET_BY = "sightline_set_by";

/**
 * The author is whoever the sender says, as in Alertmanager: amtool tells the name of its user, others act for theirs. Who was let in with it is
 * written beside it, whatever stood there before.
 */
export function withSetBy(
  annotations: Readonly<Record<string, string>>,
  createdBy: string,
  caller: string,
): Record<string, string> {
  const { [SET_BY]: _before, ...others } = annotations;
  return createdBy === caller ? others : { ...others, [SET_BY]: caller };
}
