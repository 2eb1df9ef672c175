// @ts-expect-error kafkajs has no types for its inside
import castagnoli from 'kafkajs/src/protocol/recordBatch/crc32C/crc32C.js';
import type { ByteWriter } from './byte-writer.ts';
import type { Message } from './send-queue.ts';

const crc32c = castagnoli as (bytes: Buffer) => number;

const MAGIC = 2;
/** Not idempotent, not transactional (see `EventPublisher`). */
const NO_PRODUCER = -1;
/** Behind `length`: leader epoch (4), magic (1), and the checksum itself (4). */
const TO_CHECKSUM = 5;
const TO_CHECKED = 9;
/** A record of up to 8,191 bytes; of another one the bytes behind its length are moved. */
const USUAL_LENGTH_BYTES = 2;

/** Writes records as one batch in the record format v2 (Kafka documentation, "Record Batch"), not compressed, created now. */
export function writeRecordBatch(writer: ByteWriter, messages: readonly Message[], now: number): void {
  const { buffer } = writer;
  // First offset, length (below), leader epoch, magic, checksum (below).
  writer.int64(0);
  const lengthAt = writer.at;
  writer.at += 4;
  const begin = writer.at;
  writer.int32(0);
  writer.int8(MAGIC);
  writer.at = begin + TO_CHECKED;
  writer.int16(0);
  writer.int32(messages.length - 1);
  writer.int64(now);
  writer.int64(now);
  writer.int64(NO_PRODUCER);
  writer.int16(0);
  writer.int32(0);
  writer.int32(messages.length);
  messages.forEach((message, index) => writeRecord(writer, message, index));
  buffer.writeInt32BE(writer.at - begin, lengthAt);
  buffer.writeUInt32BE(crc32c(buffer.subarray(begin + TO_CHECKED, writer.at)), begin + TO_CHECKSUM);
}

function writeRecord(writer: ByteWriter, { key, value, headers }: Message, index: number): void {
  const from = writer.at;
  const body = from + USUAL_LENGTH_BYTES;
  writer.at = body;
  // Attributes and time delta.
  writer.int8(0);
  writer.int8(0);
  writer.varint(index);
  writer.varintBytes(key);
  writer.varintBytes(value);
  const names = Object.keys(headers);
  writer.varint(names.length);
  for (const name of names) {
    writer.varintBytes(name);
    writer.varintBytes(headers[name]!);
  }
  const size = writer.at - body;
  const lengthBytes = varintBytes(size);
  if (lengthBytes !== USUAL_LENGTH_BYTES) writer.buffer.copyWithin(from + lengthBytes, body, writer.at);
  writer.at = from;
  writer.varint(size);
  writer.at += size;
}

/** Seven bits a byte, and one bit for the sign. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 6; rest > 0; rest >>>= 7) bytes++;
  return bytes;
}
