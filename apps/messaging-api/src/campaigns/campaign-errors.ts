import { wrongField, type DocumentedError } from '@heliograph/http-api';

export const BAD_CAMPAIGN: DocumentedError = {
  description:
    'The Idempotency-Key is missing or not valid, the body is not JSON, or fields of it are wrong: an unknown sender or template, ' +
    'a variable without a source … `details` names every one.',
  example: wrongField('variables.first_name', 'is missing: template "spring_sale" wants a text'),
};
export const CAMPAIGN_KEY_REUSED: DocumentedError = {
  description: 'The Idempotency-Key was used before with another body. `details` names the first use.',
  example: wrongField(
    'Idempotency-Key',
    'was first used at 2030-01-31T18:00:00.000Z with another body, for campaign 7f0d4a52-…',
  ),
};
export const NO_CAMPAIGN: DocumentedError = {
  description: 'Your tenant has no campaign with this id. What belongs to another tenant answers the same.',
  example: { message: 'There is no campaign with this id' },
};
export const WRONG_STATE: DocumentedError = {
  description: 'The campaign is in a state in which that cannot be. The message names it.',
  example: { message: 'The campaign is a draft: start it' },
};
export const NOT_A_DRAFT: DocumentedError = {
  description: 'The campaign was started, or is being started: it takes no recipients any more.',
  example: { message: 'The campaign is running: recipients are added to a draft' },
};
export const BAD_UPLOAD: DocumentedError = {
  description:
    'The id in the path or a query parameter is not valid, or the file cannot be read at all: its header lacks a column of the ' +
    'campaign, or has one twice. Nothing of it was accepted.',
  example: wrongField('(header)', 'has no column "phone": it seems to be separated by ";"; add ?separator=;'),
};
export const UPLOAD_STALLED: DocumentedError = {
  description:
    'Nothing of the body has come for 30 seconds. The rows before are recipients; send the file again, they will be repeats.',
  example: { message: 'nothing of the body has come for 30 s; rows before count' },
};
export const WRONG_FILE_TYPE: DocumentedError = {
  description: 'The Content-Type is neither text/csv nor application/x-ndjson, or its charset is not known.',
  example: wrongField(
    'Content-Type',
    'names the charset "utf-7", which is not known; utf-8, utf-16 and windows-1252 are, for example',
  ),
};
export const BAD_LIST: DocumentedError = {
  description: 'A query parameter is not valid. `details` names it.',
  example: wrongField('state', 'is not one of draft, checking, running, paused, halted, finished'),
};
