// A zip archive, opened: the files in it as text. Knows only what the console's own exports and Excel's workbooks have.

const END_OF_DIRECTORY = 0x06054b50;
const LONGEST_COMMENT = 65557;
const DEFLATED = 8;

/** More than this, unpacked, is nothing that the console reads. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * @param {ArrayBuffer} buffer
 * @param {(path: string) => boolean} [isWanted]
 * @returns {Promise<Map<string, string>>}
 */
export async function unpack(buffer, isWanted = () => true) {
  const view = new DataView(buffer);
  let end = buffer.byteLength - 22;
  while (end >= 0 && end > buffer.byteLength - LONGEST_COMMENT && view.getUint32(end, true) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0 || view.getUint32(end, true) !== END_OF_DIRECTORY) throw new RangeError('this is no archive');
  /** @type {Map<string, string>} */
  const files = new Map();
  const decoder = new TextDecoder();
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0; n -= 1) {
    const [method, packed, unpacked] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const path = decoder.decode(new Uint8Array(buffer, at + 46, name));
    at += 46 + name + extra + comment;
    if (path.endsWith('/') || !isWanted(path)) continue;
    if (unpacked > MOST_BYTES) throw new RangeError('this is too large');
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    files.set(path, decoder.decode(await bytesOf(new Uint8Array(buffer, start, packed), method)));
  }
  return files;
}

/** @param {Uint8Array<ArrayBuffer>} packed @param {number} method */
async function bytesOf(packed, method) {
  if (method !== DEFLATED) return packed;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
