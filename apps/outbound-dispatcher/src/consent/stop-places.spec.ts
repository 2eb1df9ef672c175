import { conversationId } from '@heliograph/contracts';
import { partitionOf } from '@heliograph/kafka';
import { describe, expect, it } from '@jest/globals';
import { StopPlaces } from './stop-places.ts';

const partition = (id: string) => partitionOf(id, 10_000);
const of = (channel: 'sms' | 'whatsapp' | 'web', sender: string, contact: string, tenant = 'acme') => ({
  ...{ tenant, channel, contact, conversationId: conversationId(tenant, channel, sender, contact) },
});
const senders = [
  { tenant: 'acme', name: 'alerts', channel: 'sms' },
  { tenant: 'acme', name: 'news', channel: 'sms' },
  { tenant: 'acme', name: 'support', channel: 'whatsapp' },
  { tenant: 'acme', name: 'support', channel: 'web' },
  { tenant: 'other', name: 'alerts', channel: 'sms' },
] as const;

describe('where a contact can say no', () => {
  const places = new StopPlaces(senders, partition);
  const ids = (...messages: { conversationId: string }[]) =>
    new Set(messages.map(({ conversationId: id }) => partition(id)));

  it('is every conversation of its number, by SMS and on WhatsApp, with every sender of the tenant', () => {
    const [sms, news] = [of('sms', 'alerts', '+15550001234'), of('sms', 'news', '+15550001234')];
    const chat = of('whatsapp', 'support', '15550001234');
    expect(places.of(sms)).toEqual(ids(sms, news, chat));
    expect(places.of(chat)).toEqual(ids(sms, news, chat));
  });

  it('is every conversation of its address on another channel', () => {
    const web = of('web', 'support', 'visitor-1');
    expect(places.of(web)).toEqual(ids(web));
    expect(places.of(of('web', 'gone', 'visitor-1'))).toEqual(ids(web, of('web', 'gone', 'visitor-1')));
  });

  it('is no conversation of another tenant', () => {
    const other = of('sms', 'alerts', '+15550001234', 'other');
    expect(places.of(other)).toEqual(ids(other));
  });
});
