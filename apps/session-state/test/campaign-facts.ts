import type { MessageFailed, MessageHeld, MessageSent, SendMessage } from '@heliograph/contracts';
import type { Fact } from '../src/fold/facts.ts';
import { failed, sent, suppressed, uuidOf } from './fact-builders.ts';
import { diverted, divertedCommandOf, held, sendCommand } from './lifecycle-facts.ts';

/** Facts about messages of one campaign, for the specs of this service. */
export const CAMPAIGN_ID = uuidOf('campaign');

const campaign = { campaignId: CAMPAIGN_ID, row: '7' };

export const campaignCommand = (name: string): SendMessage => ({ ...sendCommand(name), class: 'campaign', campaign });

export const campaignSent = (name: string, hours: number, data: Partial<MessageSent> = {}): Fact =>
  sent(name, hours, { campaignId: CAMPAIGN_ID, ...data });

export const campaignFailed = (name: string, hours: number, data: Partial<MessageFailed> = {}): Fact =>
  failed(name, hours, { campaignId: CAMPAIGN_ID, code: 'expired', ...data });

export const campaignSuppressed = (name: string, hours: number): Fact =>
  suppressed(name, hours, { campaignId: CAMPAIGN_ID });

export const campaignHeld = (name: string, hours: number, data: Partial<MessageHeld> = {}): Fact =>
  held(name, hours, { command: campaignCommand(name), cause: 'campaign', ...data });

export const campaignDiverted = (name: string, hours: number): Fact =>
  diverted(name, hours, { command: { ...divertedCommandOf(name), campaign } });
