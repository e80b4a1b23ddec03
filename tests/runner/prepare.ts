import { buildPage, isPageStale } from "@sightline/local/stack/web-page";
import { findChromium } from "../browser/chromium.ts";
import type { Group } from "./plan.ts";
import { buildPrograms, type Programs } from "./programs.ts";

/**
 * What is made once for all files of a group, which would otherwise each make it, and at the same time: the programs of
 * stacks, the web page, a Chromium. Answers what the environment of the group's files has of it. What is made for the run
 * is removed with `closers`.
 */
export function preparations(
  root: string,
  closers: AsyncDisposableStack,
): (group: Group) => Promise<Readonly<Record<string, string>>> {
  let programs: Programs | undefined;
  return async ({ name, startsStacks }) => {
    if (!startsStacks) return {};
    if (programs === undefined) {
      programs = await buildPrograms(root);
      closers.defer(programs.remove);
      if (isPageStale()) await buildPage();
    }
    if (name === "browser") findChromium();
    return programs.env;
  };
}
