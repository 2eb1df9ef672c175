export { messageKey, sessionKey, windowKey } from './keys.ts';
export { SessionReader } from './session-reader.ts';
