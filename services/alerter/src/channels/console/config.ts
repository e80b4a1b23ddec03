import { z } from "zod";
import { commonSettings } from "../settings.ts";

export const consoleSettings = z.strictObject(commonSettings());
export type ConsoleSettings = z.infer<typeof consoleSettings>;
