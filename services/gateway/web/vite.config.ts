import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `vite` in development sends the API calls: a gateway that runs, by default the one of `make up`. */
const gatewayUrl = process.env["SIGHTLINE_GATEWAY_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    // The gateway's Content-Security-Policy allows files of its own only: nothing may become a data: URL.
    assetsInlineLimit: 0,
    target: "baseline-widely-available",
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: {
      "/v1": { target: gatewayUrl, ws: true, changeOrigin: true },
      "/api": { target: gatewayUrl, changeOrigin: true },
      "/openapi.json": { target: gatewayUrl, changeOrigin: true },
    },
  },
});
