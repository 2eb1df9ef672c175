import type { CallOptions, CallResult } from '../call-result.ts';
import { endpoint, endpointsBelow, HttpExchange, type Endpoint } from '../http/http-exchange.ts';
import type { EngagementPage } from '../engagement-client.ts';
import type { AddedParticipant, AddParticipant, AgentParticipant, WrapUp } from '../participants.ts';
import type { ClientDeps, ProviderAccount } from '../profile.ts';
import type { AgentlessSend, AgentlessSent } from '../agentless-client.ts';
import type { OpenConversation, OpenedConversation, ProviderClient } from '../provider-client.ts';
import type { RoutingName, RoutingObject } from '../routing-look-ups.ts';
import type { RegistrationKind, Subscription, SubscriptionList } from '../subscription-client.ts';
import type { SendRequest, SentMessage } from '../send-request.ts';
import type {
  ListOptions,
  ProviderTemplate,
  SubmittedTemplate,
  TemplateLookUp,
  TemplatePage,
  TemplateProvider,
  TemplateSubmission,
} from '../template-client.ts';
import { TokenSource } from '../token-source.ts';
import { GuideAgentless } from './agentless.ts';
import { callResult } from './answers.ts';
import { idOf, segment, type Call } from './client-call.ts';
import { GuideContacts } from './contacts.ts';
import { engagementPath, readEngagements } from './engagements.ts';
import { addParticipantBody, readAdded, readParticipants, wrapUpBody } from './participants.ts';
import { tellQuotas } from './quota.ts';
import { openConversationBody, privateStrings, sendMessageBody } from './request-bodies.ts';
import { readRoutingObject, ROUTING_PATHS } from './routing-objects.ts';
import { done, readSubscriptions, subscriptionBody, subscriptionPath } from './subscriptions.ts';
import { GuideTemplates } from './template-calls.ts';
import { requestToken } from './token.ts';

const CONVERSATIONS = '/api/v2/conversations/messaging';
const DEFAULT_CONNECTIONS = 128;
const DEFAULT_TOKEN_TIMEOUT_MS = 10_000;

/** The calls of guide 000, sections 1, 3, 4 and 5 and edge case 3, guide 001, sections 1 to 3, guide 002, sections 2 and 3, and guide 004. */
export class GenesysGuideClient implements ProviderClient {
  readonly #http: HttpExchange;
  readonly #tokens: TokenSource;
  readonly #endpoint: (path: string) => Endpoint;
  readonly contacts = new GuideContacts((options, call) => this.#call(options, call));
  readonly #templates = new GuideTemplates((options, call) => this.#call(options, call));
  readonly #agentless = new GuideAgentless((options, call) => this.#call(options, call));

  constructor(
    private readonly account: ProviderAccount,
    private readonly deps: ClientDeps,
  ) {
    this.#endpoint = endpointsBelow(account.api.baseUrl);
    endpoint(account.api.tokenUrl);
    this.#http = new HttpExchange(deps.connections ?? DEFAULT_CONNECTIONS);
    const tokenRequest = {
      tokenUrl: account.api.tokenUrl,
      id: account.client.id,
      secret: account.client.secret,
      scopes: account.api.sendScopes === true ? account.client.scopes : undefined,
      timeoutMs: deps.tokenTimeoutMs ?? DEFAULT_TOKEN_TIMEOUT_MS,
    };
    this.#tokens = new TokenSource({
      account: account.id,
      request: (sendBy) => requestToken(this.#http, { ...tokenRequest, sendBy, limits: deps.limits }),
      takeGrant: deps.takeGrant,
      throttled: (moment) => deps.limits?.tokenThrottled?.(moment),
      answered: (result) => deps.limits?.tokenAnswered?.(result),
    });
  }

  prepare(): Promise<void> {
    return this.#tokens.ensure();
  }

  prepared(): boolean {
    return this.#tokens.ready();
  }

  async openConversation(request: OpenConversation, options: CallOptions): Promise<CallResult<OpenedConversation>> {
    if (!request.optIn) {
      return { outcome: 'refused', code: 'opt-in-missing', reason: "the contact's opt-in is not on record" };
    }
    return this.#call(options, {
      path: CONVERSATIONS,
      body: openConversationBody(request),
      sent: () => privateStrings(request),
      read: (json) => idOf(json, (providerConversationId) => ({ providerConversationId })),
    });
  }

  sendMessage(request: SendRequest, options: CallOptions): Promise<CallResult<SentMessage>> {
    if (this.contacts.contents.has(request.content.type)) {
      const reason = `${request.content.type} is sent to a contact, not into a conversation`;
      return Promise.resolve({ outcome: 'refused', code: 'invalid-request', reason });
    }
    return this.#call(options, {
      path: `${CONVERSATIONS}/${segment(request.providerConversationId)}/messages`,
      body: sendMessageBody(request),
      sent: () => privateStrings(request),
      read: (json) => idOf(json, (providerMessageId) => ({ providerMessageId })),
    });
  }

  addParticipant(request: AddParticipant, options: CallOptions): Promise<CallResult<AddedParticipant>> {
    return this.#call(options, {
      path: participants(request),
      body: addParticipantBody(request),
      sent: [],
      read: readAdded,
    });
  }

  listParticipants(
    request: Pick<AddParticipant, 'providerConversationId'>,
    options: CallOptions,
  ): Promise<CallResult<readonly AgentParticipant[]>> {
    return this.#call(options, { path: participants(request), sent: [], read: readParticipants });
  }

  wrapUpParticipant(request: WrapUp, options: CallOptions): Promise<CallResult<{ participantId: string }>> {
    const { participantId } = request;
    return this.#call(options, {
      path: `${participants(request)}/${segment(participantId)}/wrapup`,
      method: 'PUT',
      body: wrapUpBody(request.code),
      sent: [],
      // What was asked for is done, whatever the answer says of it.
      read: () => ({ ok: true, value: { participantId } }),
    });
  }

  lookUpRouting(request: RoutingName, options: CallOptions): Promise<CallResult<RoutingObject>> {
    const path = `${ROUTING_PATHS[request.kind]}/${segment(request.id)}`;
    return this.#call(options, { path, sent: [], read: (json) => readRoutingObject(json, request) });
  }

  sendAgentless(request: AgentlessSend, options: CallOptions): Promise<CallResult<AgentlessSent>> {
    return this.#agentless.sendAgentless(request, options);
  }

  listTemplates(options: ListOptions): Promise<CallResult<TemplatePage>> {
    return this.#templates.listTemplates(options);
  }

  listTemplateProviders(options: CallOptions): Promise<CallResult<readonly TemplateProvider[]>> {
    return this.#templates.listTemplateProviders(options);
  }

  createTemplate(request: TemplateSubmission, options: CallOptions): Promise<CallResult<SubmittedTemplate>> {
    return this.#templates.createTemplate(request, options);
  }

  getTemplate(request: TemplateLookUp, options: CallOptions): Promise<CallResult<ProviderTemplate>> {
    return this.#templates.getTemplate(request, options);
  }

  listSubscriptions(kind: RegistrationKind, options: CallOptions): Promise<CallResult<SubscriptionList>> {
    return this.#call(options, {
      path: subscriptionPath(kind),
      sent: [],
      read: (json) => readSubscriptions(json, kind),
    });
  }

  createSubscription(wanted: Subscription, options: CallOptions): Promise<CallResult<{ readonly id: string }>> {
    return this.#call(options, {
      path: subscriptionPath(wanted.kind),
      body: subscriptionBody(wanted),
      sent: [],
      read: (json) => idOf(json, (id) => ({ id })),
    });
  }

  replaceSubscription(id: string, wanted: Subscription, options: CallOptions): Promise<CallResult<true>> {
    const path = subscriptionPath(wanted.kind, segment(id));
    return this.#call(options, { path, method: 'PUT', body: subscriptionBody(wanted), sent: [], read: done });
  }

  removeSubscription(kind: RegistrationKind, id: string, options: CallOptions): Promise<CallResult<true>> {
    const path = subscriptionPath(kind, segment(id));
    return this.#call(options, { path, method: 'DELETE', sent: [], read: done });
  }

  listEngagements(options: ListOptions): Promise<CallResult<EngagementPage>> {
    const { cursor } = options;
    return this.#call(options, {
      path: engagementPath(cursor),
      sent: [],
      read: (json) => readEngagements(json, cursor),
    });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #call<T>(options: CallOptions, { path, method, body, sent, read }: Call<T>): Promise<CallResult<T>> {
    const token = this.#tokens.current();
    if (token === undefined) return { outcome: 'not-sent', code: 'no-token', reason: 'no valid token is at hand' };
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const to = this.#endpoint(path);
    const exchange = await this.#http.send(
      body
        ? {
            method: method ?? 'POST',
            endpoint: to,
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }
        : { method: method ?? 'GET', endpoint: to, headers },
      options,
    );
    tellQuotas(exchange, this.deps.limits);
    const result = callResult(exchange, () => [...(typeof sent === 'function' ? sent() : sent), token], read);
    if (result.outcome === 'not-sent' && result.code === 'unauthorized') this.#tokens.invalidate(token);
    else if (exchange.kind === 'answer') this.#tokens.accepted(token);
    return result;
  }
}

const participants = ({ providerConversationId }: { providerConversationId: string }): string =>
  `${CONVERSATIONS}/${segment(providerConversationId)}/participants`;
