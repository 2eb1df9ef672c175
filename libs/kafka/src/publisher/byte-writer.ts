/** Longest text whose length takes one byte as a varint, and that is written faster here than by a call into Node. */
const SHORT = 63;
const ASCII = 0x80;

/** Writes Kafka's primitive types into one buffer that is large enough for all of them (Kafka protocol guide, "Types"). */
export class ByteWriter {
  readonly buffer: Buffer;
  /** Where the next byte goes. */
  at = 0;

  /** @param capacity most bytes that will be written */
  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  int8(value: number): void {
    this.buffer[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  /** @param value a whole number up to 2^53 */
  int64(value: number): void {
    this.int32(Math.floor(value / 2 ** 32));
    this.at = this.buffer.writeUInt32BE(value >>> 0, this.at);
  }

  string(text: string): void {
    const length = this.buffer.write(text, this.at + 2);
    this.int16(length);
    this.at += length;
  }

  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[this.at++] = (rest & 0x7f) | 0x80;
    this.buffer[this.at++] = rest;
  }

  /** Bytes with their length as a varint in front; null is the length -1. */
  varintBytes(bytes: Buffer | string | null): void {
    if (bytes === null) return this.varint(-1);
    if (typeof bytes === 'string') return this.#varintText(bytes);
    this.varint(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  #varintText(text: string): void {
    if (text.length <= SHORT && this.#shortAscii(text)) return;
    this.varint(Buffer.byteLength(text));
    this.at += this.buffer.write(text, this.at);
  }

  #shortAscii(text: string): boolean {
    const { length } = text;
    const from = this.at + 1;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code >= ASCII) return false;
      this.buffer[from + index] = code;
    }
    this.buffer[this.at] = length << 1;
    this.at = from + length;
    return true;
  }
}
