/** workerd and Node have it, and Cloudflare's types do not name it. */
const Streams = ReadableStream as unknown as { from<T>(parts: AsyncIterable<T>): ReadableStream<T> }

/** A body of texts that are made when they are read. What fails midway ends without the last brace. */
export const streamOf = (texts: AsyncGenerator<string>): ReadableStream<Uint8Array> =>
  Streams.from(texts).pipeThrough(new TextEncoderStream())
