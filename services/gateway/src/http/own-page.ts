import { AppError } from "@sightline/errors/app-error";
import type { Request } from "express";
import type { Caller } from "../auth/caller.ts";

/** A page of somebody else can make a browser send our cookie; it cannot forge where the request comes from. Throws permission_denied. */
export function requireOwnPage(request: Request, caller: Caller): void {
  if (!caller.byCookie || request.method === "GET") return;
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const own =
    site === "same-origin" || (site === undefined && (origin === undefined || URL.parse(origin)?.host === host));
  if (!own) throw new AppError("permission_denied", `cannot take the request from another site: got origin ${origin}`);
}
