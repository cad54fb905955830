/** What a model's name says, in the forms that litellm knows too. */
export interface ModelId {
  /** As the API takes it: an id, an inference profile, or an ARN. */
  id: string;
  /** The model that the id stands for, as far as it is known: by it the adapter chooses forms that differ between models. */
  base: string;
  api: "converse" | "invoke" | undefined;
  region: string | undefined;
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/**
 * `<model>`, `converse/<model>`, `invoke/<model>`, `<region>/<model>`, an ARN, or `<family>/<ARN>` for an ARN that does not name its
 * model. An ARN holds only in its own region.
 */
export function parseModel(name: string): ModelId {
  let rest = name;
  let api: ModelId["api"];
  let region: string | undefined;
  for (;;) {
    const slash = rest.indexOf("/");
    const head = slash === -1 || rest.startsWith("arn:") ? "" : rest.slice(0, slash);
    if (head === "converse" || head === "invoke") api = head;
    else if (REGION.test(head)) region = head;
    else break;
    rest = rest.slice(slash + 1);
  }
  const arn = /^(?:([a-z0-9._-]+)\/)?(arn:.*)$/s.exec(rest);
  if (!arn?.[2]) return { id: rest, base: rest, api, region };
  const id = arn[2];
  return { id, base: arn[1] ? `${arn[1]} ${id}` : id, api, region: region ?? (id.split(":")[3] || undefined) };
}
