/** Something that the caller asked for and did not get, or should know. */
export interface Warning {
  /**
   * `dropped`: a parameter that the provider lacks was left out (`dropParams`). `changed`: a parameter was sent as
   * something near. `truncated`: the provider cut the prompt. `repaired`: the model's broken JSON was mended. `other`: see
   * `message`.
   */
  type: "dropped" | "changed" | "truncated" | "repaired" | "other";
  /** The request's parameter it is about. */
  parameter?: string | undefined;
  message: string;
}
