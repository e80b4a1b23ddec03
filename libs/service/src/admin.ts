import express, { type Express } from "express";
import type { Registry } from "prom-client";
import type { ReadinessState } from "./readiness.ts";

/**
 * The admin endpoint: `/livez` (the process answers), `/readyz` (200 when it can be sent work, else 503 and what is
 * missing), `/metrics` (Prometheus text).
 */
export function createAdminApp(readiness: ReadinessState, metrics: Registry): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/livez", (_request, response) => void response.json({ live: true }));
  app.get("/readyz", async (_request, response) => {
    const report = await readiness.report();
    response.status(report.ready ? 200 : 503).json(report);
  });
  app.get("/metrics", async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics());
  });
  return app;
}
