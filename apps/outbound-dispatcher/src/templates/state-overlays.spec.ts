import { beforeEach, describe, expect, it } from '@jest/globals';
import { templateKey, type TemplateState, type TemplateStatus } from '@heliograph/contracts';
import { StateOverlays } from './state-overlays.ts';

const stateAt = (status: TemplateStatus, minute: number): TemplateState => ({
  ...{
    tenant: 'acme',
    account: 'acme-genesys',
    name: 'order',
    language: 'en',
    providerTemplateId: 't',
    parameterCount: 0,
  },
  status,
  checkedAt: new Date(minute * 60_000).toISOString(),
});

let counts: TemplateStatus | undefined;
let overlays: StateOverlays;
beforeEach(() => {
  counts = undefined;
  overlays = new StateOverlays((_key, state) => (counts = state?.status));
});

describe('a state that was looked up at the provider', () => {
  it('counts until its moment, then what the topic says does', () => {
    overlays.told(stateAt('APPROVED', 1));
    overlays.lay(stateAt('PAUSED', 2), 1_000);
    overlays.expire(999);
    expect(counts).toBe('PAUSED');
    overlays.expire(1_000);
    expect(counts).toBe('APPROVED');
  });

  it('counts over what the topic tells of an earlier moment', () => {
    overlays.lay(stateAt('PAUSED', 2), 1_000);
    overlays.told(stateAt('APPROVED', 1));
    expect(counts).toBe('PAUSED');
    overlays.expire(1_000);
    expect(counts).toBe('APPROVED');
  });

  it('counts no more when the topic tells of a later moment', () => {
    overlays.lay(stateAt('PAUSED', 2), 1_000);
    overlays.told(stateAt('APPROVED', 3));
    expect(counts).toBe('APPROVED');
    overlays.expire(1_000);
    expect(counts).toBe('APPROVED');
  });

  it('never makes a template sendable that the topic says may not be sent from now on', () => {
    overlays.lay(stateAt('APPROVED', 2), 1_000);
    overlays.told(stateAt('REJECTED', 1));
    expect(counts).toBe('REJECTED');
  });

  it('of a template that the topic does not know is forgotten with its moment, and with the key', () => {
    overlays.lay(stateAt('APPROVED', 2), 1_000);
    overlays.expire(1_000);
    expect(counts).toBeUndefined();
    overlays.lay(stateAt('APPROVED', 3), 2_000);
    overlays.removed(templateKey(stateAt('APPROVED', 3)));
    expect(counts).toBeUndefined();
  });
});
