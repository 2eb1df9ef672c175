export { messageKey, SESSION_STATE, sessionKey, windowKey } from './keys.ts';
export { SessionReader } from './session-reader.ts';
