/** Money as people read it where it is spent: minor units of a currency whose digits `Intl` knows. */

/** What a formatted amount has beside its figure. */
const NOT_FIGURES = new Set(["currency", "literal"]);
const formats = new Map<string, Intl.NumberFormat>();

/** 15800 of PEN is "S/ 158.00", in every language: it is what the menu and the notes say. */
export function money(minor: number, currency: string): string {
  const format = formatOf(currency);
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** The same without the currency, for columns of figures: "158.00". */
export function figure(minor: number, currency: string): string {
  const format = formatOf(currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const parts = format.formatToParts(minor / 10 ** digits);
  return parts.flatMap(({ type, value }) => (NOT_FIGURES.has(type) ? [] : [value])).join("");
}

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(spokenIn(currency), {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    });
    formats.set(currency, format);
  }
  return format;
}

/** The likely language of a currency's country, whose code it begins with: es-PE for PEN. */
function spokenIn(currency: string): string {
  const { language, region } = new Intl.Locale(`und-${currency.slice(0, 2)}`).maximize();
  return `${language}-${region}`;
}
