/** The page of the guests: what they load is theirs alone. */

import "./ui/styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openDatabase } from "./lib/database.ts";
import { language } from "./lib/language.ts";
import { keepShell } from "./lib/shell.ts";
import { newQueries } from "./live/queries.ts";
import { Guest } from "./screens/guest/Guest.tsx";

document.documentElement.lang = language();
const database = await openDatabase();
const root = createRoot(document.getElementById("app") as HTMLElement);
root.render(
  <StrictMode>
    <Guest queries={newQueries()} database={database} />
  </StrictMode>,
);
keepShell("/t");
