import type { Request } from "express";

/** What a request asks with: of its query string and, when it is a form, its body. Each name may come several times. */
export interface Parameters {
  /** The first value; "" when there is none. */
  get(name: string): string;
  all(name: string): readonly string[];
}

export function parametersOf(request: Request): Parameters {
  const query: Readonly<Record<string, unknown>> = request.query;
  const body: unknown = request.body;
  const form = typeof body === "object" && body !== null ? new Map(Object.entries(body)) : new Map<string, unknown>();
  const all = (name: string) => [...textsOf(form.get(name)), ...textsOf(query[name])];
  return { all, get: (name) => all(name)[0] ?? "" };
}

/** The same of an address alone. */
export function parametersOfUrl({ searchParams }: URL): Parameters {
  return { all: (name) => searchParams.getAll(name), get: (name) => searchParams.get(name) ?? "" };
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
