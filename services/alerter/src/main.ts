import { run } from "@sightline/service/run";
import { start } from "./app.ts";
import { alerterConfig } from "./config.ts";

await run({ name: "alerter", config: alerterConfig, start });
