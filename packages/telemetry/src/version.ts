declare const __VERSION__: string | undefined;

/** This package's version, which the build puts in. */
export const VERSION: string = typeof __VERSION__ === "string" ? __VERSION__ : "0.0.0";
