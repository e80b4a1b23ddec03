import { AppError } from "@sightline/errors/app-error";
import express, { type Express } from "express";
import type { AlertmanagerContext } from "./alertmanager/endpoint.ts";
import { createAlertmanagerRouter } from "./alertmanager/router.ts";
import type { Authenticate } from "./auth/authenticate.ts";
import type { Rules } from "./clients.ts";
import { createDataSourceRouter } from "./http/data-sources.ts";
import { createProbeRouter, type ProbeOptions } from "./http/probes.ts";
import type { Receive } from "./inbound/receive.ts";
import { createInboundRouter } from "./inbound/router.ts";
import type { JaegerContext } from "./jaeger/context.ts";
import { createJaegerRouter } from "./jaeger/router.ts";
import type { LokiContext } from "./loki/endpoint.ts";
import { createLokiRouter } from "./loki/router.ts";
import type { Metrics } from "./metrics.ts";
import { createPageRouter, securityHeaders } from "./page/page.ts";
import type { ApiContext } from "./prometheus/endpoint.ts";
import { createPrometheusRouter } from "./prometheus/router.ts";
import { openApiDocument } from "./rest/openapi.ts";
import type { Route } from "./rest/route.ts";
import { answerError, createRestRouter, type RestOptions, sendError } from "./rest/router.ts";
import { createRulerRouter } from "./ruler/router.ts";
import type { TempoContext } from "./tempo/endpoint.ts";
import { createTempoRouter } from "./tempo/router.ts";

export interface PublicAppOptions {
  readonly routes: readonly Route[];
  readonly rest: RestOptions;
  /** What queries need beside what the REST interface does. */
  readonly prometheus: ApiContext;
  readonly loki: LokiContext;
  readonly jaeger: JaegerContext;
  readonly tempo: TempoContext;
  readonly alertmanager: AlertmanagerContext;
  readonly rules: Rules;
  /** Who sends alerts. */
  readonly authenticateSender: Authenticate;
  /** What others send in formats of their own. */
  readonly inbound: { readonly receive: Receive; readonly metrics: Pick<Metrics, "inboundRequests"> };
  readonly probes: ProbeOptions;
  /** Where the built web page is. */
  readonly pageDir: string;
  /** Proxies whose X-Forwarded-For is believed, as express takes them. */
  readonly trustedProxies: readonly string[];
}

/** Everything on the public HTTP door but the WebSocket. */
export function createPublicApp(options: PublicAppOptions): Express {
  const { routes, rest, prometheus, loki, jaeger, tempo, alertmanager, pageDir, trustedProxies } = options;
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.set("trust proxy", [...trustedProxies]);
  app.use(securityHeaders);
  const document = openApiDocument(routes, alertmanager.version);
  app.get("/openapi.json", (_request, response) => void response.json(document));
  app.use(createProbeRouter(options.probes));
  app.use(createRestRouter(routes, rest));
  app.use(createPrometheusRouter(prometheus, rest));
  app.use(createDataSourceRouter(rest));
  app.use(createRulerRouter(options.rules, rest));
  app.use(createLokiRouter(loki, rest));
  app.use(createJaegerRouter(jaeger, rest));
  app.use(createTempoRouter(tempo, rest));
  app.use(createAlertmanagerRouter(alertmanager, { ...rest, authenticateSender: options.authenticateSender }));
  app.use(createInboundRouter(options.inbound.receive, { ...rest, metrics: options.inbound.metrics }));
  app.use(createPageRouter(pageDir));
  app.use((request, response) => {
    const what = `cannot ${request.method} ${request.path}`;
    sendError(response, new AppError("not_found", `${what}: there is no such route; see /openapi.json`));
  });
  app.use(answerError);
  return app;
}
