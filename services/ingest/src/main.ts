import { run } from "@sightline/service/run";
import { start } from "./app.ts";
import { config } from "./config.ts";

await run({ name: "ingest", config, start });
