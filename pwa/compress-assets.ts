import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
/** Smaller files gain nothing. */
const leastBytes = 1_024;

/** Writes each text file of the build also compressed, once, so that the server compresses nothing while it serves. */
export function compressAssets(): Plugin {
  let folder = '';
  return {
    name: 'compress-assets',
    apply: 'build',
    configResolved: ({ root, build }) => void (folder = join(root, build.outDir)),
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const names = await readdir(folder, { recursive: true });
        const texts = names.filter((name) => /\.(?:js|css|html|svg)$/.test(name));
        await Promise.all(
          texts.map(async (name) => {
            const path = join(folder, name);
            const bytes = await readFile(path);
            if (bytes.length < leastBytes) return;
            const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
            await writeFile(`${path}.br`, await brotli(bytes, { params: size }));
            await writeFile(`${path}.gz`, await zip(bytes, { level: 9 }));
          }),
        );
      },
    },
  };
}
