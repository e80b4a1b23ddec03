import { type Response, Router } from "express";

export interface ProbeOptions {
  /** Whether what the gateway cannot answer without is there. */
  isReady(): Promise<boolean>;
  /** Sightline's own. */
  readonly version: string;
}

/** What a probe of another system says when all is well, and when not. */
interface Probe {
  readonly path: string;
  readonly ready: string;
  readonly notReady: string;
}

const LIKE_LOKI = { ready: "ready\n", notReady: "not ready\n" };

/** Whether requests can be answered, in the words of each system whose API this is. */
const READY: readonly Probe[] = [
  { path: "/-/ready", ready: "Prometheus Server is Ready.\n", notReady: "Service Unavailable" },
  { path: "/alertmanager/-/ready", ready: "OK", notReady: "Service Unavailable" },
  // Loki's and Mimir's; Tempo's is where its API is.
  { path: "/ready", ...LIKE_LOKI },
  { path: "/prometheus/ready", ...LIKE_LOKI },
  { path: "/tempo/ready", ...LIKE_LOKI },
];

/** Whether the process answers, which is said by answering. */
const HEALTHY: Readonly<Record<string, string>> = {
  "/-/healthy": "Prometheus Server is Healthy.\n",
  "/alertmanager/-/healthy": "OK",
  "/healthz": "Ok",
};

/**
 * The probes by which people and load balancers know the systems whose place this takes, without a key: 200 or 503.
 * `/api/health` is Grafana's (pkg/api/http_server.go, apiHealthHandler).
 */
export function createProbeRouter({ isReady, version }: ProbeOptions): Router {
  const router = Router();
  for (const { path, ready, notReady } of READY) {
    router.get(path, async (_request, response) => {
      const isUp = await isReady();
      fresh(response)
        .status(isUp ? 200 : 503)
        .type("text")
        .send(isUp ? ready : notReady);
    });
  }
  for (const [path, text] of Object.entries(HEALTHY)) {
    router.get(path, (_request, response) => void fresh(response).type("text").send(text));
  }
  router.get("/api/health", async (_request, response) => {
    const isUp = await isReady();
    fresh(response)
      .status(isUp ? 200 : 503)
      .json({ database: isUp ? "ok" : "failing", version, commit: "" });
  });
  // As Prometheus answers where nobody has enabled it: settings are read when a service starts.
  for (const path of ["/-/reload", "/-/quit"]) {
    for (const method of ["post", "put"] as const) {
      router[method](path, (_request, response) => {
        fresh(response).status(403).type("text").send("Lifecycle API is not enabled.");
      });
    }
  }
  // Prometheus' page of what is scraped: ours is among the settings.
  router.get("/targets", (_request, response) => response.redirect(302, "/settings/targets"));
  return router;
}

/** Nobody between may answer a probe. */
function fresh(response: Response): Response {
  return response.setHeader("cache-control", "no-store");
}
