/** The same response with its error under `error`, as an object, if it says one in JSON. */
export async function withErrorObject(response: Response): Promise<Response> {
  const { status, statusText } = response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  // The body is no longer what these speak of.
  for (const name of ["content-length", "content-encoding"]) headers.delete(name);
  const error = errorIn(text);
  return new Response(error ? JSON.stringify({ error }) : text, { status, statusText, headers });
}

function errorIn(text: string): object | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Gemini's imitation puts the answer into a list of one.
  const answer = (Array.isArray(body) ? body[0] : body) as Record<string, unknown> | string | null | undefined;
  if (typeof answer === "string") return { message: answer };
  if (typeof answer !== "object" || answer === null) return undefined;
  const { error, errors, error_code: code, ...rest } = answer;
  if (typeof error === "object" && error !== null) return error;
  // xAI and Hugging Face tell the message where others have an object; what stands beside it belongs to it.
  if (typeof error === "string") return { message: error, ...rest };
  // Cloudflare has a list.
  if (Array.isArray(errors) && typeof errors[0] === "object" && errors[0] !== null) return errors[0] as object;
  return code === undefined ? rest : { code, ...rest };
}
