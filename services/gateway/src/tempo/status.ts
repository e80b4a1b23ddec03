import type { QueryRoute } from "../http/query-api.ts";
import { type Endpoint, jsonAnswer, textAnswer } from "./endpoint.ts";

/** The release of Tempo whose API and TraceQL this is. */
const COMPATIBLE_VERSION = "2.9.0";

const VERSION_TEXT = `tempo, version ${COMPATIBLE_VERSION} (branch: , revision: sightline)\n`;

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

/**
 * The pages by which people look at a Tempo, as far as there is something to say: rings, jobs and files of settings of its processes
 * have no counterpart here.
 */
export function statusPages(endpoints: readonly QueryRoute[]): readonly Endpoint[] {
  const routes = [...endpoints, { path: "/status" }, { path: "/status/version" }, { path: "/status/endpoints" }];
  const list = routes.map(({ path, post }) => `${post === "bytes" ? "POST" : "GET "} ${path}\n`).join("");
  return [
    { path: "/status", answer: async () => textAnswer(VERSION_TEXT + list) },
    { path: "/status/version", answer: async () => textAnswer(VERSION_TEXT) },
    { path: "/status/endpoints", answer: async () => textAnswer(list) },
  ];
}
