import { run } from "@sightline/service/run";
import { start } from "./app.ts";
import { storageConfig } from "./config.ts";

await run({ name: "storage", config: storageConfig, start });
