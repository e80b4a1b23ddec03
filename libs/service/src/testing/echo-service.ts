// A service for the tests of run(): what it does is asked for by its configuration.
import { z } from "zod";
import { serviceConfig } from "../config.ts";
import { listenHttp } from "../http-server.ts";
import { run } from "../run.ts";
import { secret } from "../secret.ts";

await run({
  name: "echo",
  version: "1.2.3",
  config: z.strictObject({
    ...serviceConfig,
    httpPort: z.int().default(0),
    token: secret.optional(),
    failAt: z.enum(["start", "later", "never"]).default("never"),
    closeMs: z.int().default(0),
  }),
  async start(config, { log, lifecycle, readiness }) {
    lifecycle.push("slow", () => new Promise((resolve) => setTimeout(resolve, config.closeMs)));
    const door = await listenHttp((_request, response) => response.end("echo"), {
      host: config.bind,
      port: config.httpPort,
      lifecycle,
      name: "echo",
    });
    readiness.add("always", () => true);
    log.info({ port: door.port, token: config.token }, "listening");
    lifecycle.push("witness", () => log.info({}, "witness closed"));
    if (config.failAt === "start") throw new Error("the start was told to fail");
    if (config.failAt === "later") setTimeout(() => Promise.reject(new Error("nobody caught this")), 50);
  },
});
