/** The page of the staff. */

import "@fontsource-variable/inter/wght.css";
import "./ui/styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { newLogin } from "./auth/account.ts";
import { openDatabase } from "./lib/database.ts";
import { language } from "./lib/language.ts";
import { keepShell } from "./lib/shell.ts";
import { newQueries } from "./live/queries.ts";

document.documentElement.lang = language();
const database = await openDatabase();
const root = createRoot(document.getElementById("app") as HTMLElement);
root.render(
  <StrictMode>
    <App login={newLogin()} queries={newQueries()} database={database} />
  </StrictMode>,
);
keepShell("/");
