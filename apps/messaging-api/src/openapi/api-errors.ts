import { wrongField, type DocumentedError } from '@heliograph/http-api';

export const BAD_ID: DocumentedError = {
  description: 'The id in the path, or a query parameter, is not valid. `details` names it.',
  example: wrongField('id', 'is not a UUID'),
};
export const BAD_MESSAGE: DocumentedError = {
  description:
    'The Idempotency-Key is missing or not valid, the body is not JSON, or fields of it are wrong. `details` names every one.',
  example: wrongField('to', 'is not a phone number with country code'),
};
export const NOT_FOUND: DocumentedError = {
  description: 'Your tenant has nothing with this id. What belongs to another tenant answers the same.',
  example: { message: 'There is no message with this id' },
};
export const TOO_LARGE: DocumentedError = {
  description: 'The body is larger than 64 KiB.',
  example: { message: 'Request body is too large' },
};
export const KEY_REUSED: DocumentedError = {
  description: 'The Idempotency-Key was used before with another body. `details` names the first use.',
  example: wrongField(
    'Idempotency-Key',
    'was first used at 2030-01-31T18:00:00.000Z with another body, for message b3f0c1de-…',
  ),
};
export const BAD_COMMAND: DocumentedError = {
  description:
    'The id in the path or the Idempotency-Key is not valid, the body is not JSON, or fields of it are wrong. `details` names every one.',
  example: wrongField('agentId', 'is needed when to is agent'),
};
export const NO_CONVERSATION: DocumentedError = {
  description: 'Your tenant has no conversation with this id. What belongs to another tenant answers the same.',
  example: { message: 'There is no conversation with this id' },
};
export const NO_COMMAND: DocumentedError = {
  description: 'Your tenant has given no command with this id through this API in the last 7 days.',
  example: { message: 'There is no command with this id' },
};
export const COMMAND_KEY_REUSED: DocumentedError = {
  description: 'The Idempotency-Key was used before for another command. `details` names the first use.',
  example: wrongField(
    'Idempotency-Key',
    'was first used at 2030-01-31T18:00:00.000Z for another command, with the id 7d5b3c1e-…',
  ),
};
