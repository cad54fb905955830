/** A list of models in LiteLLM's format, made up but for the names, with what a faulty or hostile one may hold. */
export const LITELLM_LIST = `{
  "sample_spec": {
    "litellm_provider": "one of https://docs.litellm.ai/docs/providers",
    "max_output_tokens": "max output tokens, if the provider specifies it",
    "deprecation_date": "date when the model becomes deprecated in the format YYYY-MM-DD",
    "mode": "one of: chat, embedding",
    "supports_vision": true
  },
  "gpt-4o": {
    "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 111000, "max_output_tokens": 11000, "max_tokens": 5,
    "supports_function_calling": true, "supports_parallel_function_calling": true, "supports_response_schema": true,
    "supports_system_messages": true, "supports_tool_choice": true, "supports_vision": true, "supports_pdf_input": true,
    "supports_prompt_caching": true, "supports_reasoning": false, "input_cost_per_token": 0.1
  },
  "gpt-4o-2024-08-06": { "litellm_provider": "openai", "mode": "chat", "max_output_tokens": 12000, "deprecation_date": "2027-02-28" },
  "gpt-99": { "litellm_provider": "openai", "mode": "responses", "max_output_tokens": 9000.0, "deprecation_date": "2030-01-01" },
  "ft:gpt-4o-2024-08-06": { "litellm_provider": "openai", "mode": "chat", "max_output_tokens": 13000 },
  "ft:gpt-3.5-turbo-instruct": { "litellm_provider": "text-completion-openai", "mode": "completion", "max_output_tokens": 100 },
  "text-embedding-99": { "litellm_provider": "openai", "mode": "embedding", "max_input_tokens": 8191, "max_output_tokens": 0, "output_vector_size": 1536 },
  "gemini-99": {
    "litellm_provider": "vertex_ai-language-models", "mode": "chat", "max_output_tokens": 1,
    "supported_modalities": ["text", "audio", "video"], "supported_output_modalities": ["text", "image"],
    "supports_vision": true, "supports_audio_output": true, "supports_web_search": true
  },
  "gemini/gemini-99": { "litellm_provider": "gemini", "mode": "chat", "max_output_tokens": 2, "supports_audio_input": false },
  "vertex_ai/claude-99": { "litellm_provider": "vertex_ai-anthropic_models", "mode": "chat", "max_output_tokens": 3 },
  "anthropic.claude-99-v1:0": { "litellm_provider": "bedrock_converse", "mode": "chat", "max_output_tokens": 4 },
  "eu.anthropic.claude-99-v1:0": { "litellm_provider": "bedrock_converse", "mode": "chat", "max_output_tokens": 5 },
  "azure/gpt-99": { "litellm_provider": "azure", "mode": "chat", "max_output_tokens": 6 },
  "azure_ai/phi-99": { "litellm_provider": "azure_ai", "mode": "chat", "max_output_tokens": 7 },
  "command-99": { "litellm_provider": "cohere_chat", "mode": "chat", "max_output_tokens": 8 },
  "openrouter/openai/gpt-99": { "litellm_provider": "openrouter", "mode": "chat", "max_output_tokens": 10 },
  "fireworks_ai/embed-99": { "litellm_provider": "fireworks_ai-embedding-models", "mode": "embedding", "output_vector_size": 768 },
  "deepseek-99": { "litellm_provider": "deepseek", "mode": "chat", "max_output_tokens": 1 },
  "deepseek/deepseek-99": { "litellm_provider": "deepseek", "mode": "chat", "max_output_tokens": 2 },
  "groq/deepseek-99": { "litellm_provider": "groq", "mode": "chat", "max_output_tokens": 3 },
  "openai/deepseek-98": { "litellm_provider": "openai", "mode": "chat", "max_output_tokens": 2 },
  "deepseek-98": { "litellm_provider": "openai", "mode": "chat", "max_output_tokens": 1 },

  "wrong-types": {
    "litellm_provider": "openai", "mode": ["chat"], "max_input_tokens": "128000", "max_output_tokens": -1, "output_vector_size": 1.5,
    "deprecation_date": "2026-02-30", "supports_vision": "yes", "supported_modalities": "text", "supports_reasoning": 1,
    "supports_function_calling": true
  },
  "wrong-dates": { "litellm_provider": "openai", "deprecation_date": 20270101, "supports_web_search": null },
  "no-object": 5,
  "null": null,
  "list": ["openai"],
  "no-provider": { "mode": "chat", "max_output_tokens": 1 },
  "wrong-provider": { "litellm_provider": { "toString": "openai" }, "max_output_tokens": 1 },
  "__proto__": { "litellm_provider": "openai", "max_output_tokens": 666, "polluted": true },
  "constructor": { "litellm_provider": "openai", "max_output_tokens": 667 },
  "hostile": { "litellm_provider": "__proto__", "max_output_tokens": 668, "__proto__": { "mode": "chat" } },
  "": { "litellm_provider": "", "max_output_tokens": 1 },
  "/": { "litellm_provider": "", "max_output_tokens": 1 },
  "openai/": { "litellm_provider": "openai", "max_output_tokens": 1 }
}`;
