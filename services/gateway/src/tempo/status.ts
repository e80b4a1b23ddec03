import { type Endpoint, jsonAnswer, textAnswer } from "./endpoint.ts";

/** The release of Tempo whose API and TraceQL this is. */
const COMPATIBLE_VERSION = "2.9.0";

export const statusEndpoints: readonly Endpoint[] = [
  // What Grafana asks to know that the address is right.
  { path: "/api/echo", answer: async () => textAnswer("echo") },
  {
    path: "/api/status/buildinfo",
    answer: async () => {
      const none = { branch: "", buildUser: "", buildDate: "", goVersion: "" };
      return jsonAnswer([JSON.stringify({ version: COMPATIBLE_VERSION, revision: "sightline", ...none })]);
    },
  },
];
