import type { MessageContent, SanitisedValue, SendMessage, TemplateDefinition } from '@heliograph/contracts';
import {
  renderTemplate,
  type RenderedTemplate,
  type SendableTemplate,
  type TemplateCatalogue,
  type TemplateRoute,
} from '@heliograph/templates';
import type { Refusal } from '../sending/effect.ts';
import type { SettledSend } from '../sending/settled-send.ts';
import type { Diversions } from './diversions.ts';
import { refusedSince } from './fallback-after.ts';

/** What becomes of a template command at one moment. Of the same catalogue it is the same, letter by letter. */
export type Resolved =
  | {
      readonly kind: 'send';
      readonly content: MessageContent;
      readonly sanitised: SanitisedValue[];
      /** The template that is sent, by its name in the files. */
      readonly template: string;
      readonly instead?: Refusal;
    }
  /** Not sent: it fails, or goes on by another channel as the command in `diverted`. */
  | { readonly kind: 'refused'; readonly refusal: Refusal & Pick<SettledSend, 'diverted'> };

type Route = Exclude<TemplateRoute, { kind: 'refused' }>;

/**
 * Makes what is sent of a command that names a template of the files, with a value for each variable (guide 001, sections 2 and
 * 3): the newest version that may be sent in its language, or the fallback of a template that may not be.
 */
export class TemplateResolver {
  /** @param catalogue as of now; throws Unavailable while nothing is known of now */
  constructor(
    private readonly catalogue: () => TemplateCatalogue,
    private readonly diversions: Diversions,
  ) {}

  resolve(command: SendMessage): Resolved {
    const { tenant, account, channel, content } = command;
    const wanted = { tenant, account, channel, name: content.name!, language: content.language! };
    const route = this.catalogue().route(wanted);
    const asked = ((route.kind === 'send' && route.instead) || route).definition;
    // Whether the values are right does not go by what the provider thinks of the template today.
    const wrong = asked && this.wrongValues(command, asked);
    if (wrong) return refused('template-parameters', wrong);
    if (route.kind === 'refused') return refused(route.code, route.reason);
    return this.follow(command, route, route.instead);
  }

  /** The first fallback of a template that the provider has refused, without that one (guide 000, edge case 1). */
  after(command: SendMessage, template: string): Resolved {
    const route = refusedSince(this.catalogue(), command, template, this.diversions.accountOf);
    const refusal = { code: 'sender-or-template-mismatch', reason: `the provider refused template "${template}"` };
    return route ? this.follow(command, route, refusal) : { kind: 'refused', refusal };
  }

  private follow(command: SendMessage, route: Route, instead: Refusal | undefined): Resolved {
    const { language, variables } = command.content;
    const { definition, state, fallback } = route;
    const values = only(variables!, definition);
    const rendered = renderTemplate(definition, language!, values);
    if (!rendered.ok) return refused('template-parameters', problemsOf(rendered, definition));
    const why = instead && { code: instead.code, reason: instead.reason };
    if (fallback?.channel) {
      const to = { channel: fallback.channel, sender: fallback.sender!, account: definition.account };
      const diverted = this.diversions.command(command, to, definition.name, values);
      if ('code' in diverted) return refused(why!.code, `${why!.reason}; ${diverted.reason}`);
      return { kind: 'refused', refusal: { ...why!, diverted } };
    }
    const content = { ...rendered.content, providerTemplateId: state.providerTemplateId };
    return {
      kind: 'send',
      content,
      sanitised: rendered.sanitised,
      template: definition.name,
      ...(why && { instead: why }),
    };
  }

  /**
   * Values are right when they are what one of the versions takes: while a new one is not approved, programs may give its values
   * already, and an older one takes of them what it has.
   */
  private wrongValues({ content }: SendMessage, asked: TemplateDefinition): string | undefined {
    const { language, variables } = content;
    const first = renderTemplate(asked, language!, variables!);
    if (first.ok) return undefined;
    const versions = this.catalogue().versions(asked);
    const isOfAnother = versions.some((version) => renderTemplate(version, language!, variables!).ok);
    return isOfAnother ? undefined : problemsOf(first, asked);
  }
}

const refused = (code: string, reason: string): Resolved => ({ kind: 'refused', refusal: { code, reason } });

function problemsOf(rendered: RenderedTemplate & { ok: false }, { name }: SendableTemplate['definition']): string {
  return `template "${name}": ${rendered.problems.map(({ field, reason }) => `${field} ${reason}`).join('; ')}`;
}

/** The values that a definition knows: a fallback may have fewer variables. */
function only(values: Record<string, unknown>, { variables }: TemplateDefinition): Record<string, unknown> {
  const names = new Set(variables.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}
