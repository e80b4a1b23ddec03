/** Who calls whom, by names of services. */
export interface Topology {
  /** Whom a service calls. */
  calls(service: string): readonly string[];
  calledBy(service: string): readonly string[];
}

/** Nothing is known. */
export const noTopology: Topology = { calls: () => [], calledBy: () => [] };

/** More neighbours than these of one service are not looked at: it is something that everybody calls. */
const maxNeighbours = 100;

/** The topology of calls, each from a client to a server. */
export function topologyOf(calls: readonly { readonly client: string; readonly server: string }[]): Topology {
  const out = Map.groupBy(
    calls.filter(({ client, server }) => client !== server),
    ({ client }) => client,
  );
  const into = Map.groupBy(
    calls.filter(({ client, server }) => client !== server),
    ({ server }) => server,
  );
  return {
    calls: (service) => (out.get(service) ?? []).slice(0, maxNeighbours).map(({ server }) => server),
    calledBy: (service) => (into.get(service) ?? []).slice(0, maxNeighbours).map(({ client }) => client),
  };
}
