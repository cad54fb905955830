import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelParams,
  type BindToolsInput,
  type LangSmithParams,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import type { GenerateRequest, GenerateResult, LLMBackend } from "@llmux/core";
import { type LLMuxCallOptions, prefixOf, type Settings, settingsOf, toRequest } from "./call-options.js";
import { ChunkReader } from "./chunk-reader.js";
import { toLangChainError, unparsedReply } from "./errors.js";
import { type OutputSchema, outputFormat, outputParser, outputPipeline } from "./structured-output.js";
import { responseMetadata, toAIMessage } from "./to-message.js";

export interface ChatLLMuxFields extends BaseChatModelParams, Settings {
  /** `createLLM(…)`, `await fromEnv()`, or any other backend. */
  llm: LLMBackend;
  /** As the backend names it: `prefix/model` for one of `createLLM`. Left out: the backend's default. */
  model?: string | undefined;
  /** Where to stop, for calls that don't say. */
  stop?: string[] | undefined;
}

/**
 * A backend as a LangChain chat model. The backend's own policy retries, LangChain does not.
 *
 * ```ts
 * const model = new ChatLLMux({ llm: await fromEnv(), model: "openai/gpt-4o" });
 * const { text } = await model.invoke("Why is the sky blue?");
 * ```
 */
export class ChatLLMux extends BaseChatModel<LLMuxCallOptions> {
  /** A backend can't be written down, and may hold keys: nothing of it is. */
  override lc_serializable = false;
  readonly model: string | undefined;
  readonly #llm: LLMBackend;
  readonly #settings: Settings;
  readonly #stop: string[] | undefined;

  constructor({ llm, model, stop, ...fields }: ChatLLMuxFields) {
    super({ ...fields, maxRetries: 0 });
    // LangChain keeps what its constructor is given, for the serialisation that is off.
    this.lc_kwargs = {};
    this.model = model;
    this.#llm = llm;
    this.#stop = stop;
    this.#settings = settingsOf(fields);
  }

  static override lc_name(): string {
    return "ChatLLMux";
  }

  _llmType(): string {
    return "llmux";
  }

  /** Part of the key of a cached answer: all that decides it, and no header. */
  override _identifyingParams(): Record<string, unknown> {
    const { headers: _, ...settings } = this.#settings;
    return {
      model: this.model ?? "",
      provider: this.#llm.provider,
      ...settings,
      ...(this.#stop && { stop: this.#stop }),
    };
  }

  override get callKeys(): string[] {
    return [...super.callKeys, "tools", "tool_choice", "strict", "output", "parallel_tool_calls"];
  }

  override invocationParams(options?: this["ParsedCallOptions"]): Record<string, unknown> {
    const { headers: _, ...called } = settingsOf((options ?? {}) as Partial<Settings>);
    return { ...this._identifyingParams(), ...called };
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const { temperature, maxTokens, stop } = { ...this.#settings, stop: this.#stop, ...options };
    return {
      ls_provider: prefixOf(this.model, this.#llm),
      ls_model_type: "chat",
      ...(this.model !== undefined && { ls_model_name: this.model.slice(this.model.indexOf("/") + 1) }),
      ...(temperature !== undefined && { ls_temperature: temperature }),
      ...(maxTokens !== undefined && { ls_max_tokens: maxTokens }),
      ...(stop && { ls_stop: stop }),
    };
  }

  override bindTools(
    tools: BindToolsInput[],
    kwargs?: Partial<LLMuxCallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, LLMuxCallOptions> {
    return this.withConfig({ tools, ...kwargs } as Partial<LLMuxCallOptions>);
  }

  /**
   * `method`: `jsonSchema` (default) has the provider hold the reply to the schema; `jsonMode` asks for JSON alone; `functionCalling` has
   * the model call a function.
   */
  override withStructuredOutput<RunOutput extends Record<string, unknown> = Record<string, unknown>>(
    schema: OutputSchema<RunOutput>,
    config?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, RunOutput>;
  override withStructuredOutput<RunOutput extends Record<string, unknown> = Record<string, unknown>>(
    schema: OutputSchema<RunOutput>,
    config?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: RunOutput }>;
  override withStructuredOutput(
    schema: object,
    config: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<BaseLanguageModelInput, never> {
    const { name, method = "jsonSchema", includeRaw, strict } = config;
    const format = outputFormat(schema, name, strict);
    const validator = "~standard" in schema || "safeParseAsync" in schema ? schema : undefined;
    if (method === "functionCalling") {
      const tool = {
        name: format.name as string,
        inputSchema: format.schema,
        ...(format.description && { description: format.description }),
      };
      const choice = { tools: [tool], tool_choice: format.name as string, ...(strict !== undefined && { strict }) };
      const calling = this.withConfig(choice as Partial<LLMuxCallOptions>);
      return outputPipeline(calling as never, outputParser(validator, tool.name), includeRaw) as never;
    }
    const output = method === "jsonMode" ? "json" : format;
    return outputPipeline(this.withConfig({ output }) as never, outputParser(validator), includeRaw) as never;
  }

  async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    _runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const request = this.#request(messages, options);
    let message: AIMessage;
    let result: GenerateResult | undefined;
    try {
      result = await this.#llm.generate(request);
      message = toAIMessage(result);
    } catch (error) {
      const reply = request.output && unparsedReply(error);
      if (!reply) throw toLangChainError(error);
      const finishReason = { unified: reply.cut ? ("length" as const) : ("other" as const), raw: undefined };
      message = new AIMessage({ content: reply.text, response_metadata: responseMetadata({ finishReason }, {}) });
    }
    const { usage_metadata: usage } = message;
    const tokenUsage = usage && {
      promptTokens: usage.input_tokens,
      completionTokens: usage.output_tokens,
      totalTokens: usage.total_tokens,
    };
    return {
      generations: [{ text: message.text, message, generationInfo: {} }],
      llmOutput: tokenUsage ? { tokenUsage } : {},
    };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const request = this.#request(messages, options);
    const reader = new ChunkReader();
    let text = "";
    try {
      for await (const event of this.#llm.stream(request)) {
        const chunk = reader.read(event);
        if (!chunk) continue;
        text += chunk.text;
        yield chunk;
        // Also without text: LangGraph reads calls and usage off these.
        await newToken(runManager, chunk);
      }
    } catch (error) {
      const reply = request.output && unparsedReply(error);
      if (!reply) throw toLangChainError(error);
      if (!reply.text.startsWith(text) || reply.text === text) return;
      const rest = reader.rest(reply.text.slice(text.length));
      yield rest;
      await newToken(runManager, rest);
    }
  }

  #request(messages: readonly BaseMessage[], options: Partial<LLMuxCallOptions>): GenerateRequest {
    return toRequest(messages, options, {
      backend: this.#llm,
      model: this.model,
      settings: this.#settings,
      stop: this.#stop,
    });
  }
}

function newToken(
  runManager: CallbackManagerForLLMRun | undefined,
  chunk: ChatGenerationChunk,
): Promise<void> | undefined {
  return runManager?.handleLLMNewToken(chunk.text, { prompt: 0, completion: 0 }, undefined, undefined, undefined, {
    chunk,
  });
}
