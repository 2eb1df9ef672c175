import { ApiError } from '@heliograph/http-api';

const MARKS: readonly (readonly [charset: string, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
const LONGEST_MARK = 3;

/** @param charset a label of the Encoding Standard: `utf-8`, `utf-16le`, `latin1` … @throws ApiError 415 for any other */
export function knownCharset(charset: string): string {
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    const reason = `names the charset "${charset.slice(0, 40)}", which is not known; utf-8, utf-16 and windows-1252 are, for example`;
    throw new ApiError(415, `Content-Type ${reason}`, [{ field: 'Content-Type', reason }]);
  }
}

/**
 * Text of bytes that come in pieces, wherever they are cut. A byte order mark decides, whatever the charset is said to be, and is
 * left out. Bytes that are no character become U+FFFD.
 *
 * @param charset as {@link knownCharset} tells it
 */
export async function* decodedText(bytes: AsyncIterable<Uint8Array>, charset: string): AsyncIterable<string> {
  let head = new Uint8Array();
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const piece of bytes) {
    if (decoder) {
      yield decoder.decode(piece, { stream: true });
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < LONGEST_MARK) continue;
    decoder = new TextDecoder(markedCharset(head) ?? charset);
    yield decoder.decode(head, { stream: true });
  }
  if (decoder) yield decoder.decode();
  else yield new TextDecoder(markedCharset(head) ?? charset).decode(head);
}

const markedCharset = (head: Uint8Array): string | undefined =>
  MARKS.find(([, mark]) => mark.every((byte, index) => head[index] === byte))?.[0];
