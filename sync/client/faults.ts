import { RxError } from 'rxdb/plugins/core';
import { isRequestError, requestError } from './api-client.ts';
import { accessOver } from './requests.ts';

/**
 * Why a replica has stopped something. `storage-full`: the device has no room. `storage`: its database failed.
 * `refused`: something on the way says no to what the app asks. `defect`: an error of the app itself.
 */
export type Fault = { kind: 'storage-full' | 'storage' | 'refused' | 'defect'; message: string };

/**
 * What an error means for the work that it ended.
 *
 * @returns null where the work is to be done again after a wait: there was no network, the server failed or has too
 * much to do, nobody is signed in, other rights apply, or another tab wrote at the same moment
 */
export function faultIn(error: unknown): Fault | null {
  if (error === accessOver) return null;
  if (isRequestError(error)) {
    const { status } = requestError(error);
    return isPassing(error) ? null : { kind: 'refused', message: String(status) };
  }
  if (error instanceof RxError && error.code === 'CONFLICT') return null;
  const chain = chainOf(error);
  const names = chain.map(({ name }) => name);
  const message = textOf(chain);
  if (names.includes('QuotaExceededError')) return { kind: 'storage-full', message };
  return { kind: names.some((name) => storageErrors.has(name)) ? 'storage' : 'defect', message };
}

/** True where the same request may be answered otherwise later. */
function isPassing(error: unknown): boolean {
  const { status, code } = requestError(error);
  if (code === 'access-changed' || code === 'account-disabled') return true;
  // Below 400: a page that is none of the server's, as the ones by which a hotel's network asks for a sign-in.
  return status === null || status < 400 || status >= 500 || status === 401 || status === 429;
}

/** Names of the errors of IndexedDB, and of Dexie, by which RxDB uses it. */
const storageErrors = new Set([
  'AbortError',
  'BulkError',
  'DatabaseClosedError',
  'InvalidStateError',
  'MissingAPIError',
  'OpenFailedError',
  'SecurityError',
  'TimeoutError',
  'TransactionInactiveError',
  'UnknownError',
  'VersionChangeError',
  'VersionError',
]);

/** An error and those that caused it; Dexie calls them `inner`. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  let next: unknown = error;
  while (isError(next) && chain.length < 5) {
    chain.push(next);
    const { cause, inner } = next as { cause?: unknown; inner?: unknown };
    next = inner ?? cause;
  }
  return chain.length > 0 ? chain : [new Error(String(error))];
}

/** A DOMException is no Error in every browser. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}

const mostCharacters = 300;

function textOf([first]: readonly Error[]): string {
  return first ? `${first.name}: ${first.message}`.slice(0, mostCharacters) : '';
}
