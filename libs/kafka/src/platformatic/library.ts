/** @platformatic/kafka 2.12.1: its connections and its codec of the protocol. Its own clients are not used. */
export type Library = typeof import('@platformatic/kafka');

let loading: Promise<Library> | undefined;

/** Loads it on first use: 0.35 s and 60 MiB that nobody pays who is on kafkajs. */
export function loadLibrary(): Promise<Library> {
  return (loading ??= import('@platformatic/kafka'));
}
