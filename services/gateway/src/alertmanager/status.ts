import { alerterCall, type Endpoint } from "./endpoint.ts";

/** What is in force, and who is told. */
export const statusEndpoints: readonly Endpoint[] = [
  {
    method: "get",
    path: "/status",
    access: "query",
    answer: async (request, { alertmanager, startedMs, version }) => {
      const { plainSource } = await alertmanager.call("getConfiguration", {}, alerterCall(request));
      return {
        // Replicas have what they know in common; there is nothing that they would have to gossip about.
        cluster: { name: "sightline", peers: [], status: "ready" },
        config: { original: plainSource },
        uptime: new Date(startedMs).toISOString(),
        versionInfo: {
          branch: "sightline",
          buildDate: "",
          buildUser: "",
          goVersion: "",
          revision: "",
          version,
        },
      };
    },
  },
  {
    method: "get",
    path: "/receivers",
    access: "query",
    answer: async (request, { alertmanager }) => {
      const asked = { receiverMatchers: [...request.parameters.all("receiver_matchers")] };
      const { receivers } = await alertmanager.call("listReceivers", asked, alerterCall(request));
      return receivers.map(({ name, labels }) => ({ name, labels }));
    },
  },
];
