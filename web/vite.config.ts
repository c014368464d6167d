import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";
import { compressed } from "./build/compressed.ts";
import { guestFont } from "./build/font.ts";

const SERVER = "http://127.0.0.1:3001";

/** What a page needs before it can show anything: one file, since each makes a slow network wait. */
const FIRST =
  /node_modules\/(?!idb\/|@tanstack\/)|preload-helper|src\/retry|src\/lib\/(?!database)|src\/ui\/(?!Connection)|src\/api\/http/;
/** What keeps a page live: a guest's loads it while the menu is read. */
const LIVE =
  /node_modules\/(idb|@tanstack)\/|sdk\/typescript\/src|src\/lib\/database|src\/ui\/Connection|src\/(api|live)\//;

export default defineConfig({
  plugins: [guestFont(), react(), tailwindcss(), compressed(), budget("guest.html")],
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
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "first", test: FIRST, minShareCount: 2, priority: 2 },
            { name: "door", test: /screens\/guest/, minShareCount: 2, priority: 1 },
            { name: "live", test: LIVE, minShareCount: 2, priority: 1 },
          ],
        },
        // A service worker is found by its name, and reaches as far as its folder.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
