export { deadlinesKey, entriesKey, messageKey, SESSION_STATE, sessionKey, windowKey } from './keys.ts';
export * from './session-entries.ts';
export { SessionReader } from './session-reader.ts';
export * from './transcript.ts';
export * from './transcript-reader.ts';
