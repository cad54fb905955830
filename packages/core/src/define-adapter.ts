import type { Adapter, AdapterDefinition, AdapterFactory, EnvField } from "./adapter-definition.js";
import { CONTRACT } from "./contract.js";
import { LLMError } from "./errors.js";
import { hostBackend } from "./hosted-backend.js";
import { faultText, readSettings } from "./read-settings.js";

/**
 * Makes an adapter out of its definition. The result is called with a configuration, `acme({ apiKey })`, or used as it stands,
 * with everything from the environment.
 */
export function defineAdapter<Config extends object>(definition: AdapterDefinition<Config>): AdapterFactory<Config> {
  const configure = (config?: Config): Adapter => configureAdapter(definition, config ?? ({} as Config));
  // Not Object.assign: a function's own `name` can only be redefined.
  return Object.defineProperties(configure, Object.getOwnPropertyDescriptors(configure())) as AdapterFactory<Config>;
}

function configureAdapter<Config extends object>(definition: AdapterDefinition<Config>, config: Config): Adapter {
  const { id, name, contract = CONTRACT, aliases = [], models = [], embeddingModel } = definition;
  return {
    id,
    name,
    contract,
    aliases,
    models,
    embeddingModel,
    env: (definition.env ?? {}) as Readonly<Record<string, EnvField>>,
    describe: async (source) =>
      (await import("./describe-settings.js")).describeSettings(readSettings(definition, config, source)),
    createBackend(source) {
      const settings = readSettings(definition, config, source);
      const faults = settings.filter(({ fault }) => fault);
      if (faults.length > 0) {
        let message = `${name} is not configured: ${faults.map(faultText).join("; ")}`;
        // A key that was pasted into another setting, too.
        for (const { secret, value } of settings)
          if (secret && value) message = message.replaceAll(String(value), "***");
        throw new LLMError({
          kind: faults.some(({ secret }) => secret) ? "authentication" : "invalid-request",
          message,
          parameter: faults[0]?.field,
        });
      }
      const resolved = { ...config } as Record<string, unknown>;
      const secrets: string[] = [];
      for (const { field, value, secret } of settings) {
        if (value !== undefined) resolved[field] = value;
        if (secret && typeof value === "string") secrets.push(value);
      }
      return hostBackend({ id, name, backend: definition.createBackend(resolved as Config), secrets });
    },
  };
}
