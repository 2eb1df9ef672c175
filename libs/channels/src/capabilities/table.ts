import { ACTION_TYPES, MEDIA_TYPES, type Channel } from '@heliograph/contracts';
import type { Bound, ChannelCapabilities, MediaBounds, Source } from './capabilities.ts';

const said = (source: string): Source => ({ source });
const assumed = (source: string): Source => ({ source, assumed: true });
const most = (max: number, of: Source): Bound => ({ max, ...of });

const TEXTS = said('guide 003, "Character Limits by Channel"');
const FILES = said('guide 003, "File Attachments by Channel"');
const VOICE = said('guide 003, "Agent Behavior": voice notes on WhatsApp only');
const TYPES = said('guide 004, "Invalid content type" and "Message Not Appearing in Client"');
const TEMPLATES = said('guides 000 (section 4) and 001');
const SMS_TEMPLATES = said('guide 002, section 2');
const MAIL_TEMPLATES = said('guide 002, sections 2 and 3');
const MAIL_TEXTS = assumed('guide 002, section 3: raw text in `body`; the bound of the contract');
/** Bounds of libs/contracts, where nothing narrower is known. */
const CONTRACT = assumed('no platform limit is known: the bound of the contract');
const WHATSAPP_BUTTONS = said('WhatsApp Cloud API, interactive reply buttons');
const WHATSAPP_CARDS = said('Genesys Cloud, cards on WhatsApp: 3 buttons, text back only');
const WHATSAPP_MEDIA = said('WhatsApp Cloud API, media');
const MESSENGER_REPLIES = said('Messenger Platform, quick replies');
const MESSENGER_CARDS = assumed('Messenger Platform, generic template');
const INSTAGRAM_REPLIES = assumed('Messenger Platform for Instagram, quick replies');
const INSTAGRAM_CARDS = assumed('Messenger Platform for Instagram, generic template');
const LINE_TEXTS = assumed('LINE takes 5,000: the bound of the contract');
const LINE_REPLIES = assumed('LINE Messaging API, quick replies');
const LINE_CARDS = assumed('LINE Messaging API, buttons template with a picture');
const LINE_PLACES = assumed('LINE Messaging API, location message');
const X_TEXTS = assumed('X takes 10,000 in a direct message: the bound of the contract');
const X_REPLIES = assumed('X API, quick reply options of a direct message');
const APPLE_REPLIES = assumed('Messages for Business, quick reply: 2 to 5 items');
const OPEN_TEXTS = assumed('Genesys Cloud agent desktop: open messaging 4,000');
const PLATFORM_SIZE = assumed('guide 003 says "Platform limit"; a cautious number');

const MB = 1024 * 1024;
const PICTURES = ['image/jpeg', 'image/png', 'image/gif'];

const pictures = (bytes: Bound, caption?: Bound): MediaBounds => ({ ...FILES, formats: PICTURES, bytes, caption });
/** What is only heard has no caption. */
const anything = (of: Source, bytes: Bound, caption?: Bound): ChannelCapabilities['media'] =>
  Object.fromEntries(
    MEDIA_TYPES.map((type) => [
      type,
      { ...of, formats: 'any', bytes, caption: type === 'audio' ? undefined : caption },
    ]),
  );

/** One entry per channel of guides 002 and 003; every number with where it is from. */
const TABLE: Readonly<Record<Channel, Omit<ChannelCapabilities, 'channel'>>> = {
  whatsapp: {
    text: { unit: 'characters', ...most(4000, TEXTS) },
    media: {
      image: pictures(most(5 * MB, WHATSAPP_MEDIA), most(1024, WHATSAPP_MEDIA)),
      audio: { ...VOICE, formats: ['audio/ogg'], bytes: most(16 * MB, WHATSAPP_MEDIA) },
      file: {
        ...FILES,
        formats: ['application/pdf'],
        bytes: most(100 * MB, WHATSAPP_MEDIA),
        caption: most(1024, WHATSAPP_MEDIA),
      },
    },
    quickReply: {
      ...TYPES,
      title: most(1024, WHATSAPP_BUTTONS),
      choices: most(3, WHATSAPP_BUTTONS),
      label: most(20, WHATSAPP_BUTTONS),
    },
    card: {
      ...WHATSAPP_CARDS,
      title: most(1024, WHATSAPP_BUTTONS),
      subtitle: most(1024, WHATSAPP_BUTTONS),
      actions: most(3, WHATSAPP_CARDS),
      actionTitle: most(20, WHATSAPP_BUTTONS),
      actionTypes: ['postback'],
    },
    location: TYPES,
    template: TEMPLATES,
  },
  sms: {
    text: { unit: 'segments', ...most(5, TEXTS) },
    media: {},
    template: SMS_TEMPLATES,
  },
  email: {
    text: { unit: 'characters', ...most(4000, MAIL_TEXTS) },
    media: {},
    template: MAIL_TEMPLATES,
  },
  web: {
    text: { unit: 'characters', ...most(4000, TEXTS) },
    media: { image: pictures(most(10 * MB, PLATFORM_SIZE)) },
    quickReply: { ...TYPES, title: most(1024, CONTRACT), choices: most(20, CONTRACT), label: most(256, CONTRACT) },
    card: {
      ...TYPES,
      title: most(1024, CONTRACT),
      subtitle: most(1024, CONTRACT),
      actions: most(20, CONTRACT),
      actionTitle: most(256, CONTRACT),
      actionTypes: ACTION_TYPES,
    },
    location: TYPES,
  },
  facebook: {
    text: { unit: 'characters', ...most(2000, TEXTS) },
    media: { image: pictures(most(8 * MB, PLATFORM_SIZE)) },
    quickReply: {
      ...MESSENGER_REPLIES,
      title: most(1024, CONTRACT),
      choices: most(13, MESSENGER_REPLIES),
      label: most(20, MESSENGER_REPLIES),
    },
    card: {
      ...MESSENGER_CARDS,
      title: most(80, MESSENGER_CARDS),
      subtitle: most(80, MESSENGER_CARDS),
      actions: most(3, MESSENGER_CARDS),
      actionTitle: most(20, MESSENGER_CARDS),
      actionTypes: ACTION_TYPES,
    },
  },
  instagram: {
    text: { unit: 'characters', ...most(1000, TEXTS) },
    media: {},
    quickReply: {
      ...INSTAGRAM_REPLIES,
      title: most(1000, TEXTS),
      choices: most(13, INSTAGRAM_REPLIES),
      label: most(20, INSTAGRAM_REPLIES),
    },
    card: {
      ...INSTAGRAM_CARDS,
      title: most(80, INSTAGRAM_CARDS),
      subtitle: most(80, INSTAGRAM_CARDS),
      actions: most(3, INSTAGRAM_CARDS),
      actionTitle: most(20, INSTAGRAM_CARDS),
      actionTypes: ACTION_TYPES,
    },
  },
  x: {
    text: { unit: 'characters', ...most(4000, X_TEXTS) },
    media: {},
    quickReply: { ...X_REPLIES, title: most(1024, CONTRACT), choices: most(20, X_REPLIES), label: most(36, X_REPLIES) },
  },
  apple: {
    text: { unit: 'characters', ...most(2000, TEXTS) },
    media: anything(FILES, most(100 * MB, FILES)),
    quickReply: {
      ...APPLE_REPLIES,
      title: most(1024, CONTRACT),
      choices: most(5, APPLE_REPLIES),
      label: most(256, CONTRACT),
    },
  },
  line: {
    text: { unit: 'characters', ...most(4000, LINE_TEXTS) },
    media: {},
    quickReply: {
      ...LINE_REPLIES,
      title: most(1024, CONTRACT),
      choices: most(13, LINE_REPLIES),
      label: most(20, LINE_REPLIES),
    },
    card: {
      ...LINE_CARDS,
      title: most(40, LINE_CARDS),
      subtitle: most(60, LINE_CARDS),
      actions: most(4, LINE_CARDS),
      actionTitle: most(20, LINE_CARDS),
      actionTypes: ACTION_TYPES,
    },
    location: LINE_PLACES,
  },
  open: {
    text: { unit: 'characters', ...most(4000, OPEN_TEXTS) },
    media: anything(TYPES, most(100 * MB, PLATFORM_SIZE), most(1024, CONTRACT)),
    quickReply: { ...TYPES, title: most(1024, CONTRACT), choices: most(20, CONTRACT), label: most(256, CONTRACT) },
    card: {
      ...TYPES,
      title: most(1024, CONTRACT),
      subtitle: most(1024, CONTRACT),
      actions: most(20, CONTRACT),
      actionTitle: most(256, CONTRACT),
      actionTypes: ACTION_TYPES,
    },
    location: TYPES,
  },
};

/** What the channel can carry, as data. */
export const capabilitiesOf = (channel: Channel): ChannelCapabilities => ({ channel, ...TABLE[channel] });
