/** The page of the guests: what they load is theirs alone. */

import "./ui/guest.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { language } from "./lib/language.ts";
import { keepShell } from "./lib/shell.ts";
import { Guest } from "./screens/guest/Guest.tsx";

document.documentElement.lang = language();
const root = createRoot(document.getElementById("app") as HTMLElement);
root.render(
  <StrictMode>
    <Guest />
  </StrictMode>,
);
keepShell("/t");
