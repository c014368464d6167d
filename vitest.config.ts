import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["sdk/typescript/tests/**/*.test.ts", "web/tests/**/*.test.{ts,tsx}"],
    environment: "node",
  },
});
