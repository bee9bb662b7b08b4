/**
 * Runs work of a library that may throw outside of its promise, or never end. pdfkit decodes a picture in a callback, and
 * an error there would end the whole thread, with everything that other work still has to do.
 *
 * @param ms after so many milliseconds the work counts as failed
 * @throws the error of the work, wherever it was thrown; Error if it took too long
 */
export function guarded<T>(work: () => Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      process.off('uncaughtException', fail);
    };
    const fail = (error: unknown) => {
      end();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const timer = setTimeout(() => fail(new Error(`it took longer than ${ms / 1_000} seconds`)), ms);
    process.on('uncaughtException', fail);
    work().then((result) => {
      end();
      resolve(result);
    }, fail);
  });
}
