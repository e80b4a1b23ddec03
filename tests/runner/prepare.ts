import { buildPage, isPageStale } from "@sightline/local/stack/web-page";
import { findChromium } from "../browser/chromium.ts";
import type { Group } from "./plan.ts";

/** Makes what files of a group would otherwise make at the same time: the web page, and a Chromium. */
export async function prepare({ name, files }: Group): Promise<void> {
  if (files.length === 0) return;
  if ((name === "e2e" || name === "browser") && isPageStale()) await buildPage();
  if (name === "browser") findChromium();
}
