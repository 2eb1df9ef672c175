const wrong = (field: string, reason: string) => ({ message: `${field} ${reason}`, details: [{ field, reason }] });

export const BAD_CONTACT = {
  description: 'The channel does not exist, or the address is none of it. `details` names it.',
  example: wrong('address', 'is no address of sms'),
};
export const BAD_CONSENT = {
  description:
    'Channel, address or Idempotency-Key is not valid, the body is not JSON, or fields of it are wrong. `details` names every one.',
  example: wrong('evidence', 'should not be empty'),
};
export const BAD_MOMENT = {
  description: 'The query parameter is not a moment.',
  example: wrong('since', 'is not a moment in ISO 8601'),
};
const OUT = 'the contact has opted out of everything on 2030-01-31T18:00:00.000Z, told by a keyword';
export const OPTED_OUT = {
  description: 'The contact has opted out. Says of what, since when and by what.',
  example: { message: `opted-out: ${OUT}; nothing may be sent`, details: [{ field: 'to', reason: OUT }] },
};
