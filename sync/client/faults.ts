import { RxError } from 'rxdb/plugins/core';
import { isAboutReplica, isRequestError, requestError } from './api-client.ts';
import { accessEnded, Restored } from './requests.ts';

/**
 * Why a replica has stopped some of its work. `storage-full`: the device has no space left. `storage`: its database
 * failed. `refused`: the requests are refused, for example by a firewall. `defect`: an error in the app itself.
 */
export type Fault = { kind: 'storage-full' | 'storage' | 'refused' | 'defect'; message: string };

/**
 * Classifies the error that made some work fail.
 *
 * @returns null if the work should be retried after a wait: there was no network, the server failed or is overloaded,
 * the person is signed out or has other rights now, the server was restored, or another tab wrote at the same moment
 */
export function faultIn(error: unknown): Fault | null {
  if (error === accessEnded || error instanceof Restored) return null;
  if (isRequestError(error)) {
    const { status } = requestError(error);
    return isRetryable(error) ? null : { kind: 'refused', message: String(status) };
  }
  if (error instanceof RxError && error.code === 'CONFLICT') return null;
  const chain = chainOf(error);
  const names = chain.map(({ name }) => name);
  const message = textOf(chain);
  if (names.includes('QuotaExceededError')) return { kind: 'storage-full', message };
  return { kind: names.some((name) => storageErrors.has(name)) ? 'storage' : 'defect', message };
}

/** True if the same request may succeed later. */
function isRetryable(error: unknown): boolean {
  const { status, code } = requestError(error);
  if (isAboutReplica(code)) return true;
  // Below 400: a page that does not come from the server, such as the sign-in page of a hotel's network.
  return status === null || status < 400 || status >= 500 || status === 401 || status === 429;
}

/** Names of errors of IndexedDB, and of Dexie, through which RxDB uses it. */
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

/** An error and its causes. Dexie stores a cause as `inner`. */
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

/** True for errors. A DOMException is not an instance of Error in every browser. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}

const maxCharacters = 300;

function textOf([first]: readonly Error[]): string {
  return first ? `${first.name}: ${first.message}`.slice(0, maxCharacters) : '';
}
