// Bundle the pages' scripts, styles and icons into dist/, with content-hashed names and a manifest.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const api = dirname(here);
const root = dirname(api);
const dist = join(here, "dist");
const TABLER = join(root, "node_modules/@tabler/icons/icons");

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["app.js", "app.css", "print.css"].map((name) => join(here, "src", name)),
  outdir: dist,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  minify: true,
  legalComments: "linked",
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "empty", ".svg": "file" },
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint?.startsWith("api/static/src/") && !file.endsWith(".map")) {
    manifest[basename(entryPoint)] = basename(file);
  }
}

// Every icon named in a template or in Python as icon("name"), icon="name" or icon_name="name", and no other.
function namedIcons() {
  const names = new Set();
  for (const file of readdirSync(api, { recursive: true }).filter((name) => /\.(html|py)$/.test(name))) {
    for (const [, name] of readFileSync(join(api, file), "utf8").matchAll(/\bicon(?:_name)?(?:\(|=)"([a-z0-9-]+)"/g)) {
      names.add(name);
    }
  }
  return [...names].sort();
}

function symbol(name) {
  const kind = name.endsWith("-filled") ? "filled" : "outline";
  const svg = readFileSync(join(TABLER, kind, `${name.replace(/-filled$/, "")}.svg`), "utf8");
  const inner = svg.replace(/<!--[^]*?-->/g, "").match(/<svg[^>]*>([^]*)<\/svg>/)[1];
  const paint = kind === "filled" ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner.replace(/\s+/g, " ").trim()}</symbol>`;
}

function keepHashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  manifest[name] = name.replace(".", `-${hash}.`);
  writeFileSync(join(dist, manifest[name]), content);
}

const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${namedIcons().map(symbol).join("")}</svg>`;
keepHashed("icons.svg", sprite);
keepHashed("mark.svg", readFileSync(join(here, "src/mark.svg")));
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
for (const file of readdirSync(dist).sort()) {
  console.log(relative(root, join(dist, file)), readFileSync(join(dist, file)).length);
}
