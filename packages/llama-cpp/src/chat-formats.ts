import type { ChatWrapper } from "node-llama-cpp";

type State = ReturnType<ChatWrapper["generateContextState"]>;

/** The same chat format, but with a reply that begins with a call of a function. */
export function callingFirst(wrapper: ChatWrapper): ChatWrapper {
  return changed(wrapper, ({ contextText, stopGenerationTriggers }) => ({
    contextText,
    stopGenerationTriggers,
    functionCall: { initiallyEngaged: true, disengageInitiallyEngaged: [] },
  }));
}

/** The same chat format, but without trimming what a reply begins with: it goes on in the middle of a turn. */
export function continuing(wrapper: ChatWrapper): ChatWrapper {
  return changed(wrapper, (state) => (state.ignoreStartText ? { ...state, ignoreStartText: [] } : state));
}

function changed(wrapper: ChatWrapper, change: (state: State) => State): ChatWrapper {
  const generateContextState: ChatWrapper["generateContextState"] = (options) =>
    change(wrapper.generateContextState(options));
  return Object.create(wrapper, { generateContextState: { value: generateContextState } }) as ChatWrapper;
}
