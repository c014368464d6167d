import type { ButtonHTMLAttributes, ReactNode } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** The one next action: there is at most one on a screen. */
  primary?: boolean;
  block?: boolean;
}

const COLOURS = {
  primary: "border-accent bg-accent text-accent-ink",
  plain: "border-line bg-card text-ink",
};

export function Button({ primary = false, block = false, className = "", ...rest }: Props): ReactNode {
  const look = `${COLOURS[primary ? "primary" : "plain"]} ${block ? "w-full" : ""} ${className}`;
  return (
    <button
      type="button"
      className={`inline-flex min-h-tap items-center justify-center gap-2 rounded-control border px-4.5 text-[15px] font-semibold transition-colors disabled:opacity-60 ${look}`}
      {...rest}
    />
  );
}
