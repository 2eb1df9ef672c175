import { describe, expect, it } from '@jest/globals';
import { AccountBuckets, type MessageBuckets } from './account-buckets.ts';
import { Account, type AccountSettings } from './account.ts';

const minute = (requests: number) => ({ requests, perSeconds: 60 });
const settings: AccountSettings = {
  id: 'acme-1',
  tenant: 'acme',
  profile: 'genesys-guide',
  api: { baseUrl: 'https://api.example.test', tokenUrl: 'https://api.example.test/token' },
  client: { id: 'first' },
  limits: {
    tenant: minute(500),
    client: minute(300),
    number: { requests: 100, perSeconds: 1 },
    agentless: minute(3_000),
    campaign: minute(18_000),
    pair: { perSeconds: 6, borrow: 45 },
    campaignShare: 0.8,
  },
  requestTimeoutMs: 10_000,
  senders: [],
};
const message: MessageBuckets = {
  clientId: 'first',
  channel: 'whatsapp',
  number: '15550009876',
  traffic: 'conversation',
  conversationId: 'c-1',
};
const bucketsOf = (over: Partial<AccountSettings> = {}) => new AccountBuckets(new Account({ ...settings, ...over }));
const names = (buckets: readonly { name: string }[]) => buckets.map(({ name }) => name.split(':')[0]);

describe('the buckets of an account', () => {
  it("are, about templates, those of every request with the account's own limits of calls and of creations", () => {
    const templates = { creations: { requests: 100, perSeconds: 3_600 }, calls: { requests: 200, perSeconds: 3_600 } };
    const buckets = bucketsOf({ limits: { ...settings.limits, templates } });
    expect(names(buckets.template('first', 'reading'))).toEqual(['tenant', 'client', 'template-calls']);
    const creation = buckets.template('first', 'creation');
    expect(names(creation)).toEqual(['tenant', 'client', 'template-calls', 'template-creations']);
    expect(creation.at(-1)).toMatchObject({ limit: 100, periodMs: 3_600_000 });
    expect(buckets.template('first', 'creation')).toBe(creation);
    expect(names(bucketsOf().template('first', 'creation'))).toEqual(['tenant', 'client']);
  });

  it('are those of tenant and client for every request, and of number, pair and kind for messages', () => {
    const buckets = bucketsOf();
    expect(names(buckets.request('first'))).toEqual(['tenant', 'client']);
    expect(names(buckets.message(message))).toEqual(['tenant', 'client', 'number', 'pair']);
    expect(names(buckets.message({ ...message, channel: 'sms' }))).toEqual(['tenant', 'client', 'number']);
    for (const traffic of ['campaign', 'agentless'] as const) {
      expect(names(buckets.message({ ...message, traffic }))).toEqual(['tenant', 'client', 'number', traffic, 'pair']);
    }
  });

  it("take a campaign's own pace besides, where it has one", () => {
    const buckets = bucketsOf();
    const ofCampaign = { ...message, traffic: 'campaign' as const, campaign: { campaignId: 'c-9', perMinute: 60 } };
    expect(names(buckets.message(ofCampaign))).toEqual(['tenant', 'client', 'number', 'campaign', 'pace', 'pair']);
    const without = { ...ofCampaign, campaign: { campaignId: 'c-9' } };
    expect(names(buckets.message(without))).toEqual(['tenant', 'client', 'number', 'campaign', 'pair']);
  });

  it('carry the limits of the account, in milliseconds', () => {
    expect(bucketsOf().message(message)).toEqual([
      { name: 'tenant:genesys-guide:api.example.test', limit: 500, periodMs: 60_000, campaignShare: 0.8 },
      { name: 'client:genesys-guide:api.example.test:first', limit: 300, periodMs: 60_000, campaignShare: 0.8 },
      { name: 'number:whatsapp:15550009876', limit: 100, periodMs: 1_000, campaignShare: 0.8 },
      { name: 'pair:15550009876:c-1', limit: 1, periodMs: 6_000, borrow: 45 },
    ]);
  });

  it('are shared by the accounts of one organisation, and by no other', () => {
    const tenantOf = (over: Partial<AccountSettings>) => bucketsOf(over).tenant.name;
    expect(tenantOf({ id: 'acme-2', client: { id: 'second' } })).toBe(bucketsOf().tenant.name);
    expect(tenantOf({ api: { ...settings.api, baseUrl: 'https://elsewhere.test' } })).not.toBe(bucketsOf().tenant.name);
  });

  it('leave out what has no limit, but never a client: it is what a token endpoint throttles', () => {
    const none = { client: null, number: null, agentless: null, campaign: null, pair: null };
    const buckets = bucketsOf({ limits: { ...settings.limits, ...none } });
    expect(names(buckets.message({ ...message, traffic: 'campaign' }))).toEqual(['tenant', 'client']);
    expect(buckets.client('first').limit).toBe(500);
  });

  it('are the same list for the same kind of request, so that whoever waits together is known by it', () => {
    const buckets = bucketsOf();
    const sms = { ...message, channel: 'sms' as const };
    expect(buckets.request('first')).toBe(buckets.request('first'));
    expect(buckets.message(sms)).toBe(buckets.message({ ...sms, conversationId: 'c-2' }));
  });
});
