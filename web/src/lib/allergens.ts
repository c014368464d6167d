/** What a dish contains that some must not eat, in words. */

import type { Allergen } from "@restai/sdk/types";
import type { Dictionary } from "./language.ts";

export const allergens: Dictionary<Record<Allergen, string>> = {
  en: {
    celery: "celery",
    crustaceans: "crustaceans",
    eggs: "eggs",
    fish: "fish",
    gluten: "gluten",
    lupin: "lupin",
    milk: "milk",
    molluscs: "molluscs",
    mustard: "mustard",
    nuts: "nuts",
    peanuts: "peanuts",
    sesame: "sesame",
    soy: "soy",
    sulphites: "sulphites",
  },
  es: {
    celery: "apio",
    crustaceans: "crustáceos",
    eggs: "huevo",
    fish: "pescado",
    gluten: "gluten",
    lupin: "altramuz",
    milk: "leche",
    molluscs: "moluscos",
    mustard: "mostaza",
    nuts: "frutos secos",
    peanuts: "maní",
    sesame: "sésamo",
    soy: "soya",
    sulphites: "sulfitos",
  },
};
