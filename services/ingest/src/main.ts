import { run } from "@sightline/service/run";
import { start } from "./app.ts";
import { ingestConfig } from "./config.ts";

await run({ name: "ingest", config: ingestConfig, start });
