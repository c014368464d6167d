import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";
import { compressed } from "./build/compressed.ts";

const SERVER = "http://127.0.0.1:3001";

export default defineConfig({
  plugins: [react(), tailwindcss(), compressed(), budget("guest.html")],
  server: { proxy: { "/api": SERVER, "/ws": { target: SERVER, ws: true } } },
  build: {
    outDir: "../src/restai/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy lets nothing be inlined
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", guest: "guest.html", sw: "src/sw.ts" },
      output: {
        // A service worker is found by its name, and reaches as far as its folder.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
