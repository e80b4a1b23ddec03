import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import express, { type NextFunction, type Request, type Response, Router } from "express";

/**
 * Only our own files, no frames but our reports, no plugins. Styles may be inline since the component library sets
 * style attributes; scripts may not.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

/** The headers that every answer of the public door carries. */
export function securityHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("x-frame-options", "SAMEORIGIN");
  response.setHeader("content-security-policy", contentSecurityPolicy);
  response.setHeader("cross-origin-opener-policy", "same-origin");
  next();
}

/**
 * Serves the built web page: files with a hash in their name for ever, index.html for every path of the page itself.
 * Only who asks for HTML by name gets that: to a program, which takes anything, a path that is not there has to be missing.
 *
 * @param dir the built page; without it the page's paths answer 503 and say how to build it
 */
export function createPageRouter(dir: string): Router {
  const router = Router();
  const indexFile = join(dir, "index.html");
  router.use("/assets", express.static(join(dir, "assets"), { immutable: true, maxAge: "1y" }));
  router.use(express.static(dir, { index: false, maxAge: "1h" }));
  router.get(/^\/(?!v1\/|api\/|loki\/|assets\/).*/, (request, response, next) => {
    if (request.path !== "/" && !/\btext\/html\b/i.test(request.get("accept") ?? "")) {
      next();
      return;
    }
    // Read every time: it is small, and a page that was built anew names other files.
    const index = existsSync(indexFile) ? readFileSync(indexFile, "utf8") : undefined;
    response.setHeader("cache-control", "no-cache");
    if (index === undefined) response.status(503).type("text").send("The web page is not built; run: make build\n");
    else response.type("html").send(index);
  });
  return router;
}
