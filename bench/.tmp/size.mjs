import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const r = await build({
  entryPoints: [process.argv[2]],
  bundle: true,
  minify: true,
  splitting: true,
  outdir: "/tmp/out",
  format: "esm",
  platform: "browser",
  conditions: ["browser"],
  external: ["openai", "@anthropic-ai/sdk", "ollama/browser", "@anthropic-ai/sdk/*"],
  metafile: true,
  write: false,
});
for (const [f, o] of Object.entries(r.metafile.outputs)) {
  const c = r.outputFiles.find((x) => x.path.endsWith(f.replace(/^.*\//, "")));
  console.log(f, o.bytes, "gz", gzipSync(c.contents).length, o.entryPoint ?? "");
  if (process.argv[3])
    for (const [i, v] of Object.entries(o.inputs).sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput))
      console.log("    ", v.bytesInOutput, i.replace(/.*packages/, ""));
}
