import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false }, // a browser without it fetches the same files, only later
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or fonts
    chunkSizeWarningLimit: 2000, // the API's documentation page is one large bundle
    rolldownOptions: {
      input: ["index.html", "api.html"],
      // All that a first view needs comes in one file: each file costs a request of its own.
      output: { codeSplitting: { groups: [{ name: "page", test: /src\/main\.tsx$/ }] } },
    },
  },
  test: { testTimeout: 30_000 }, // one that reads every source takes its time on a busy machine
  server: { proxy: { "/api": "http://127.0.0.1:8000", "/health": "http://127.0.0.1:8000" } },
});
