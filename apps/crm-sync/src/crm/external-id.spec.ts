import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { externalId } from './external-id.ts';

const anyText = fc.string({ unit: fc.oneof(fc.constantFrom('~', '.', '0', '2', 'b', ':', '/', '%'), fc.string()) });

describe('an external id', () => {
  it('is readable for ordinary parts', () => {
    expect(externalId('acme', 'whatsapp', '15550001234')).toBe('acme~whatsapp~15550001234');
    expect(externalId('acme', 'sms', '+15550001234')).toBe('acme~sms~.002b15550001234');
  });

  it('stands in a URL as it is, whatever its parts contain', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 2 }), (parts) => {
        const id = externalId(...parts);
        expect(encodeURIComponent(id)).toBe(id);
        expect(new URL(`http://crm/v1/contacts/${id}`).pathname).toBe(`/v1/contacts/${id}`);
      }),
    );
  });

  it('differs when any part differs, lone surrogates included', () => {
    const parts = fc.array(fc.oneof(anyText, fc.constantFrom('\ud800', '\udc00', '\ufffd')), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(externalId(...one) === externalId(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});
