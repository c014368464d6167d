declare module "subset-font" {
  interface Options {
    targetFormat?: "sfnt" | "woff" | "woff2";
    /** OpenType features that stay; all, if it is absent. */
    keepFeatures?: readonly string[];
    variationAxes?: Record<string, number | { min: number; max: number }>;
  }
  /** The font with only the letters of `text`. */
  export default function subset(font: Buffer, text: string, options?: Options): Promise<Buffer>;
}
