import { describe, expect, it } from '@jest/globals';
import { APPLIED_AT } from '../test/definitions.ts';
import { definitionOf, sameDefinition } from './definition.ts';
import { readTemplateFile } from './file/read-template-file.ts';
import { writeTemplateFile } from './file/write-template-file.ts';
import { importedDefinition, type ListedTemplate } from './import-template.ts';

const ACCOUNT = { tenant: 'acme', account: 'acme-genesys' };
const listed: ListedTemplate = {
  name: 'order_confirmation_v2',
  channel: 'whatsapp',
  category: 'UTILITY',
  languages: [
    {
      language: 'en_US',
      header: { text: 'Order #{{1}}', variables: [] },
      body: { text: 'Hi {{1}}, your order {{2}} is confirmed and on its way.', variables: [] },
      buttons: [
        { kind: 'reply', title: 'Check', payload: 'CHECK' },
        { kind: 'url', title: 'Track', url: 'https://track.example.com/{{1}}' },
      ],
    },
  ],
  samples: { body_1: 'Customer' },
};

describe('an imported template', () => {
  it('gets names for what its placeholders stand for, and a note that they are invented', () => {
    const definition = importedDefinition(listed, ACCOUNT, APPLIED_AT);
    expect(definition).toMatchObject({ name: 'order_confirmation', version: 2, providerName: 'order_confirmation_v2' });
    expect(writeTemplateFile(definition)).toBe(`# Imported: the provider does not know what its placeholders stand for.
# Names, types and samples of the variables are invented.

name: order_confirmation
version: 2
channel: whatsapp
category: UTILITY
variables:
  header_1: { sample: Sample }
  body_1: { sample: Customer }
  body_2: { sample: Sample }
  button_2: { sample: Sample }
languages:
  en_US:
    header:
      text: "Order #{{1}}"
      variables: [ header_1 ]
    body:
      text: Hi {{1}}, your order {{2}} is confirmed and on its way.
      variables: [ body_1, body_2 ]
    buttons:
      - kind: reply
        title: Check
        payload: CHECK
      - kind: url
        title: Track
        url: https://track.example.com/{{1}}
        variable: button_2
`);
  });

  it('is read again as the same, so that applying it changes nothing', () => {
    const definition = importedDefinition(listed, ACCOUNT, APPLIED_AT);
    const read = readTemplateFile(writeTemplateFile(definition), 'a.yaml');
    expect(read.ok && sameDefinition(definitionOf(read.template, ACCOUNT, APPLIED_AT), definition)).toBe(true);
  });

  it('keeps the names that an SMS has in its text', () => {
    const sms = importedDefinition(
      {
        name: 'OrderShipmentNotification',
        channel: 'sms',
        languages: [
          { language: 'en_US', body: { text: 'Order {{order_id}}, {{link}}, {{order_id}}.', variables: [] } },
        ],
      },
      ACCOUNT,
      APPLIED_AT,
    );
    expect(sms).toMatchObject({ name: 'OrderShipmentNotification', version: 1, emoji: 'text' });
    expect(sms.variables.map(({ name }) => name)).toEqual(['order_id', 'link']);
    expect(writeTemplateFile(sms)).not.toContain('invented');
  });
});
