import type { ApiPage } from '@heliograph/http-api';

const DESCRIPTION = `Sends messages, reads conversations and leads them through their life.

- Every request carries an API key: \`Authorization: Bearer <API key>\`. The key decides the tenant.
- A send carries an \`Idempotency-Key\` of your choice. Repeat the request with the same key until it is answered with 202:
  however often it is repeated, the message is sent once.
- 202 means that the message is stored durably and will be sent in the order of its conversation. What became of it is at
  \`GET /v1/messages/{id}\`.
- Commands about a conversation (hand-off, accept, wrap-up, close) carry an \`Idempotency-Key\`, too, and keep their place among its
  messages; what became of one is at \`GET /v1/commands/{id}\`.
- Errors have one shape: \`{ statusCode, error, message, details }\`.`;

export const API_PAGE: ApiPage = { title: 'Heliograph messaging API', description: DESCRIPTION };
