// Imported late: loading the SDK takes longer than all the rest together.
export { CohereClientV2 } from "cohere-ai";
