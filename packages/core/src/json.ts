export type JSONValue = null | boolean | number | string | readonly JSONValue[] | JSONObject;
export interface JSONObject {
  readonly [key: string]: JSONValue | undefined;
}
/** A JSON Schema document, as the providers take it. */
export type JSONSchema = Readonly<Record<string, unknown>>;
