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
      (await import("./describe-settings.js")).describeSettings(readSettings(definition, config, source).settings),
    createBackend(source) {
      const { settings, resolved } = readSettings(definition, config, source);
      const secrets = settings.flatMap(({ secret, value }) =>
        secret && value && typeof value === "string" ? value : [],
      );
      const faults = settings.filter(({ fault }) => fault);
      if (faults.length > 0) {
        let message = `${name} is not configured: ${faults.map(faultText).join("; ")}`;
        // A key that was pasted into another setting, too.
        for (const secret of secrets) message = message.replaceAll(secret, "***");
        throw new LLMError({
          kind: faults.some(({ secret }) => secret) ? "authentication" : "invalid-request",
          message,
          parameter: faults[0]?.field,
        });
      }
      return hostBackend({ id, name, backend: definition.createBackend(resolved), secrets });
    },
  };
}
