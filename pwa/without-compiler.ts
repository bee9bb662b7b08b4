import type { Plugin } from 'vite';

const registration = 'registerMessageCompiler(compile);';

/**
 * Leaves vue-i18n's compiler of texts out of the build: src/i18n/message-format.ts is given to it instead. The library has no
 * option for that; even its build without a compiler registers one.
 *
 * @throws if the library does not register its compiler as expected, after an update
 */
export function withoutCompiler(): Plugin {
  return {
    name: 'without-compiler',
    apply: 'build',
    transform(code, id) {
      if (!/vue-i18n\/dist\/vue-i18n[\w.-]*\.m?js$/.test(id)) return null;
      if (!code.includes(registration)) throw new Error(`${id} does not register a compiler`);
      return { code: code.replace(registration, ''), map: null };
    },
  };
}
