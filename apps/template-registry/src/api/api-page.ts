import { wrongField, type ApiPage, type DocumentedError } from '@heliograph/http-api';

const DESCRIPTION = `Templates as code: what should be at the provider, what is, and what is on its way there.

- Every request carries an API key: \`Authorization: Bearer <API key>\`. The key decides the tenant.
- A team keeps its templates as files, one per template with all of its languages. \`plan\` says what applying them would do,
  \`apply\` makes them the desired state; both take the files' texts. Applying the same files again changes nothing.
- What is applied is submitted to the provider in the background, within the limits of the account: \`progress\` says how far it is.
- Errors have one shape: \`{ statusCode, error, message, details }\`.`;

export const API_PAGE: ApiPage = { title: 'Heliograph template registry', description: DESCRIPTION };

export const BAD_ACCOUNT: DocumentedError = {
  description: 'Your tenant has no such account, or several and none is named.',
  example: wrongField('account', 'is needed: your tenant has acme-genesys, acme-two'),
};
export const BAD_REQUEST: DocumentedError = {
  description: 'The body is not JSON, fields of it are wrong, or the account is not known. `details` names every one.',
  example: wrongField('files', 'must be an array'),
};
export const NO_TEMPLATE: DocumentedError = {
  description: 'Your tenant has no template of this name. What belongs to another tenant answers the same.',
  example: { message: 'There is no template with this name' },
};
export const BUSY: DocumentedError = {
  description:
    'Somebody else of your tenant applies templates at this moment, or the plan of the given revision is out of date.',
  example: { message: 'The templates of your tenant are being applied by somebody else at this moment: apply again' },
};
export const NOT_APPLICABLE: DocumentedError = {
  description: 'Something of the files cannot be applied, so nothing was. `details` names every place and rule.',
  example: {
    message: 'Nothing was applied: templates/order.yaml:12 placeholder-gap: uses {{3}} and not {{2}}',
    details: [{ field: 'templates/order.yaml:12', reason: 'placeholder-gap: uses {{3}} and not {{2}}' }],
  },
};
export const TOO_LARGE: DocumentedError = {
  description: 'The body is larger than 16 MiB.',
  example: { message: 'Request body is too large' },
};
