import type { Channel } from '@heliograph/contracts';

export interface SenderOptions {
  /** How many numbers the sender of alerts has; 1 when absent. */
  alertNumbers?: number;
  /** How many numbers the sender of news has, on WhatsApp; there is none when absent. */
  newsNumbers?: number;
}

/** A sender as the accounts file has it. */
export interface DevelopmentSender {
  readonly name: string;
  readonly channel: Channel;
  readonly addresses: readonly string[];
  readonly queueId: string;
  readonly optInOnRecord?: true;
}

const SUPPORT = { name: 'support', queueId: 'a1b2c3d4-0000-4000-8000-000000000001' };
const ALERTS = { name: 'alerts', queueId: 'a1b2c3d4-0000-4000-8000-000000000002' };
const NEWS = { name: 'news', queueId: 'a1b2c3d4-0000-4000-8000-000000000004' };
/** Who gets alerts or news has asked for them, so the first message may be ours. */
const ASKED = { optInOnRecord: true } as const;
/** The channels of guide 003 that know people by ids of their own: what customers write to there. */
const PLATFORMS = {
  web: 'acme-messenger',
  facebook: '106540352242922',
  instagram: '17841405822304914',
  x: '2244994945',
  apple: 'urn:biz:acme',
  line: 'U4af4980629',
  open: 'acme-app',
} as const satisfies Partial<Record<Channel, string>>;

/** Every sender of the account. */
export function sendersOf({ alertNumbers = 1, newsNumbers = 0 }: SenderOptions): DevelopmentSender[] {
  const platforms = Object.entries(PLATFORMS).map(([channel, address]) => ({
    ...SUPPORT,
    channel: channel as Channel,
    addresses: [address],
  }));
  const news = { ...NEWS, channel: 'whatsapp' as const, addresses: numbersFrom(15_550_020_001, newsNumbers), ...ASKED };
  return [
    { ...SUPPORT, channel: 'whatsapp', addresses: ['+15550009876'] },
    { ...ALERTS, channel: 'sms', addresses: numbersFrom(15_550_001_111, alertNumbers), ...ASKED },
    ...platforms,
    ...(newsNumbers > 0 ? [news] : []),
  ];
}

/** So many, each a number after the one before. */
const numbersFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+${first + index}`);
