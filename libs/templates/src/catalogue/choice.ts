import type { Channel, TemplateDefinition, TemplateFallback, TemplateState } from '@heliograph/contracts';

/** A template by the name of its file. */
export interface WantedTemplate {
  readonly tenant: string;
  readonly account: string;
  readonly name: string;
  readonly language: string;
}

/** A template by the name of its file, for a message on this channel. */
export interface WantedOnChannel extends WantedTemplate {
  readonly channel: Channel;
}

export interface SendableTemplate {
  readonly kind: 'send';
  readonly definition: TemplateDefinition;
  readonly state: TemplateState;
}

export interface RefusedTemplate {
  readonly kind: 'refused';
  readonly code: 'template-unknown' | 'template-not-approved';
  /** One sentence for people: the status of each version that was looked at. */
  readonly reason: string;
  /** The newest version that has the language, where there is one. */
  readonly definition?: TemplateDefinition;
}

export type TemplateDecision = SendableTemplate | RefusedTemplate;

/** Which template goes out: the one that was asked for, or the first of its fallbacks that may be sent. */
export type TemplateRoute =
  | (SendableTemplate & {
      /** Present when it is not the one that was asked for; with `channel` and `sender` when it goes by another channel. */
      readonly fallback?: TemplateFallback;
      /** Why the one that was asked for is not sent. Present with `fallback`. */
      readonly instead?: RefusedTemplate;
    })
  | RefusedTemplate;

/** Which account a sender belongs to; undefined when there is no such sender. */
export type AccountOf = (tenant: string, channel: Channel, sender: string) => string | undefined;
