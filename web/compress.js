/** Writes scripts and style sheets compressed beside themselves; the server sends them as they lie. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const FOLDER = new URL("dist/assets/", import.meta.url);

for (const name of readdirSync(FOLDER).filter((name) => /\.(js|css)$/.test(name))) {
  const plain = readFileSync(new URL(name, FOLDER));
  writeFileSync(new URL(`${name}.br`, FOLDER), brotliCompressSync(plain));
  writeFileSync(new URL(`${name}.gz`, FOLDER), gzipSync(plain, { level: 9 }));
}
