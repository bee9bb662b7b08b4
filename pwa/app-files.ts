import type { Plugin, Rolldown } from 'vite';

/** Code that a visitor runs: the pages before the sign-in, their texts, and what they load late. */
const visitorModules =
  /\/src\/(?:auth|landing)\/|\/src\/i18n\/(?:auth|landing|first)-|\/src\/ui\/markdown|\/src\/app\/app-frame/;

/** The file that lists what is cached only for people who sign in: paths below the root of the site. */
export const listName = 'app-files.json';

/** The files of the last build that only people who are signed in need. */
const others = new Set<string>();

/**
 * Splits the built files: those that a visitor runs are cached at the first visit, all others once somebody signs in
 * (src/worker/service-worker.ts).
 */
export function appFiles(): Plugin {
  return {
    name: 'app-files',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const visitors = new Set<string>();
      const add = (chunk: Rolldown.OutputChunk | undefined) => {
        if (!chunk || visitors.has(chunk.fileName)) return;
        visitors.add(chunk.fileName);
        for (const css of chunk.viteMetadata?.importedCss ?? []) visitors.add(css);
        for (const name of chunk.imports) add(byName.get(name));
      };
      for (const chunk of chunks) {
        // A page whose module is in a file with others has an empty file of its own that leads there.
        const ids = [...chunk.moduleIds, chunk.facadeModuleId ?? ''];
        if (chunk.isEntry || ids.some((id) => visitorModules.test(id))) add(chunk);
      }
      others.clear();
      for (const name of Object.keys(bundle))
        if (/\.(?:js|css)$/.test(name) && !visitors.has(name)) others.add(name);
      this.emitFile({
        type: 'asset',
        fileName: listName,
        source: JSON.stringify([...others].map((name) => `/${name}`)),
      });
    },
  };
}

/** True for a file that is cached at the first visit. */
export const isForVisitors = ({ url }: { url: string }): boolean => !others.has(url);
