// A service for the tests of run(): what it does is asked for by its configuration.
import { createServer } from "node:net";
import { z } from "zod";
import { serviceConfig } from "../config.ts";
import { listenHttp } from "../http-server.ts";
import { run } from "../run.ts";
import { secret } from "../secret.ts";

/** As a server does that nobody listens to for errors. */
function failToAccept(): void {
  const error = Object.assign(new Error("accept EMFILE"), { code: "EMFILE", syscall: "accept" });
  createServer().emit("error", error);
}

await run({
  name: "echo",
  version: "1.2.3",
  config: z.strictObject({
    ...serviceConfig,
    httpPort: z.int().default(0),
    token: secret.optional(),
    failAt: z.enum(["start", "later", "accepting", "never"]).default("never"),
    closeMs: z.int().default(0),
  }),
  async start(config, deps) {
    const { log, lifecycle, readiness } = deps;
    lifecycle.push("slow", () => new Promise((resolve) => setTimeout(resolve, config.closeMs)));
    const door = await listenHttp((_request, response) => response.end("echo"), {
      ...deps,
      host: config.bind,
      port: config.httpPort,
      name: "echo",
    });
    readiness.add("always", () => true);
    log.info({ port: door.port, token: config.token }, "listening");
    lifecycle.push("witness", () => log.info({}, "witness closed"));
    if (config.failAt === "start") throw new Error("the start was told to fail");
    if (config.failAt === "accepting") setTimeout(failToAccept, 50);
    if (config.failAt === "later") setTimeout(() => Promise.reject(new Error("nobody caught this")), 50);
  },
});
