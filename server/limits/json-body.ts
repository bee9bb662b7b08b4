import express, { type RequestHandler } from 'express';

/*
 * Reads the JSON of a request as text and refuses what no app sends, before anything walks through it: very deep
 * nesting would overflow the stack of whatever does, and very many keys would cost time everywhere they are listed.
 */

/** Enough for a push of 100 answers of ordinary length. A single document with the longest texts is far smaller. */
export const mostBodyBytes = 1024 * 1024;
/** Documents have at most five levels, and a batch adds three. */
const mostDepth = 24;
/** A push of 100 documents with base and next has about 8,000. */
const mostKeys = 20_000;
const mostValues = 100_000;

/** Middleware that leaves the body as text in `request.body`, from which tRPC reads it. */
export function jsonBody(): RequestHandler[] {
  return [
    express.text({ type: 'application/json', limit: mostBodyBytes }),
    (request, response, next) => {
      const body: unknown = request.body;
      const { input } = request.query;
      const texts = [body, input].filter((text) => typeof text === 'string');
      if (texts.every(isBounded)) return next();
      const data = { errorCode: 'bad-request', httpStatus: 400 };
      response.status(400).json({ error: { message: 'bad-request', data } });
    },
  ];
}

/** False if a JSON text has too many levels, keys or values. It does not check whether it is JSON. */
export function isBounded(text: string): boolean {
  let depth = 0;
  let keys = 0;
  let values = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '"') {
      i = endOfString(text, i);
    } else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > mostDepth) return false;
    } else if (character === '}' || character === ']') {
      depth -= 1;
    } else if (character === ':') {
      keys += 1;
      if (keys > mostKeys) return false;
    } else if (character === ',') {
      values += 1;
      if (values > mostValues) return false;
    }
  }
  return true;
}

/** The index of the quotation mark that ends the string which begins at an index. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
