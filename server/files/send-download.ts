import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Server } from '../context.ts';

/** A reader that takes nothing for so long is disconnected. */
const stalledMs = 60_000;

/** `size`: in bytes, if it is known before. */
type Download = {
  fileName: string;
  mediaType: string;
  size?: number;
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>;
};

/** Sends bytes as a download, piece by piece, as fast as the reader takes them. Resolves when the reader has all, or left. */
export async function sendDownload(
  server: Server,
  response: Response,
  { fileName, mediaType, size, bytes }: Download,
): Promise<void> {
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`);
  if (size !== undefined) response.setHeader('Content-Length', size);
  response.setTimeout(stalledMs, () => response.destroy());
  try {
    await pipeline(bytes, response);
  } catch (error) {
    // The response has begun, so the connection is cut and the reader sees that the file is not complete.
    if (!isPrematureClose(error)) server.log.error({ fileName, error }, 'a download could not be sent');
  }
}

/** Answers a request for a file that is refused. */
export function refuseDownload(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { message, data: { errorCode: message } } });
}

const isPrematureClose = (error: unknown) =>
  (error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE';
