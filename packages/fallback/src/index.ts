export { continueText } from "./continue-text.js";
export type {
  ContinueWith,
  CutAnswer,
  Fallback,
  FallbackLists,
  FallbackNotice,
  FallbackOptions,
  FallbackPlace,
  FallbackTarget,
  RecoverOptions,
  Seam,
} from "./options.js";
export { type ListName, routeOf } from "./route-of.js";
export { withFallback } from "./with-fallback.js";
