import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { TemplateState } from '@heliograph/contracts';
import { notificationIn } from './agentless-stub.ts';
import type { Answer, Arrival } from './arrival.ts';
import { ContactStub } from './contact-stub.ts';
import { addAgent, kindOf, problem, wrapUpAgent, type StubAgent } from './stub-agents.ts';

export type { Answer, Arrival } from './arrival.ts';

const CLIENTS = ['client', 'second-client'];
const IDS = /^((whatsapp|sms):\+[1-9]\d{6,14}|open:\S+|email:\S+@\S+)$/;

/** One account at the provider: what it was asked, and what it answers. Wrong fields are refused and remembered. */
export class ProviderAccount {
  readonly arrivals: Arrival[] = [];
  readonly violations: string[] = [];
  tokenRequests = 0;
  /** The tokens that are good now, by OAuth client. */
  readonly tokens = new Map<string, string>();
  /** Conversations it opened or was told of; closed ones turn messages away. */
  readonly conversations = new Map<string, 'open' | 'closed'>();
  readonly contacts = new ContactStub(this.conversations);
  /** Agents by conversation. */
  readonly agents = new Map<string, StubAgent[]>();
  /** Paths of the queues, skills and users that were looked up. */
  readonly lookUps: string[] = [];
  /** Asked before an ordinary answer to a look-up is given: there is everything. */
  lookUpAnswer: (path: string) => Answer = () => undefined;
  /** What it has, by its own ids: the states that were published of them last. */
  readonly templates = new Map<string, TemplateState>();
  /** Ids of the templates that were looked up. */
  readonly templateLookUps: string[] = [];
  /** Asked before an ordinary answer to a look-up of a template is given. */
  templateAnswer: (id: string) => Answer | Promise<Answer> = () => undefined;
  /** Answers wait for it; what is asked is done at once. */
  held: Promise<void> = Promise.resolve();
  /** Asked before an ordinary answer is given. */
  answer: (arrival: Arrival) => Answer | Promise<Answer> = () => undefined;
  tokenAnswer: (clientId: string) => Answer = () => undefined;

  get opened(): Arrival[] {
    return this.arrivals.filter(({ kind }) => kind === 'open');
  }
  get messages(): Arrival[] {
    return this.arrivals.filter(({ kind }) => kind === 'message');
  }
  get notifications(): Arrival[] {
    return this.arrivals.filter(({ kind }) => kind === 'notification');
  }
  get looks(): Arrival[] {
    return this.arrivals.filter(({ kind }) => kind === 'find' || kind === 'look');
  }
  /** What was asked about agents, in order: `add agent-1 accepted`, `wrap-up agent-1 resolved`. */
  get agentRequests(): string[] {
    return this.arrivals.flatMap(({ kind, body, participantId }) => {
      if (kind === 'add') return [`add ${String(body.id)} ${String(body.status)}`];
      return kind === 'wrap-up' ? [`wrap-up ${participantId} ${String(body.wrap_up_code)}`] : [];
    });
  }
  /** Where the agents of a conversation stand: `agent-1 accepted`. */
  agentsOf(conversationId: string): string[] {
    return (this.agents.get(conversationId) ?? []).map(({ id, status }) => `${id} ${status}`);
  }
  get texts(): (string | undefined)[] {
    return this.messages.map(({ text }) => text);
  }
}

/** The provider contract of guide 000, sections 2, 4 and 5 and edge case 3, and of guides 001 and 002, section 3, for any number of accounts: `/<account>/api/v2/…`. */
export class ProviderStub {
  private readonly accounts = new Map<string, ProviderAccount>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
    // Longer than any test: a connection that the server closes just as it is used again makes an outcome unknown.
    this.server.keepAliveTimeout = 120_000;
  }

  static async start(): Promise<ProviderStub> {
    const stub = new ProviderStub();
    await new Promise<void>((resolve) => stub.server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  account(id: string): ProviderAccount {
    const account = this.accounts.get(id) ?? new ProviderAccount();
    this.accounts.set(id, account);
    return account;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const [, id = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const account = this.account(id);
    const give = (answer: Exclude<Answer, undefined>) => {
      if (answer === 'hang') return;
      const { status, body = {}, headers = {} } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (path === '/api/v2/oauth2/token') return give(tokenFor(account, text));
    const client = [...account.tokens].find(([, token]) => request.headers.authorization === `Bearer ${token}`)?.[0];
    if (client === undefined) return give(problem(401, 'invalid token'));
    const lookUp = /^\/api\/v2\/(routing\/(?:queues|skills)|users)\/([^/]+)$/.exec(path);
    if (lookUp && request.method === 'GET') {
      account.lookUps.push(path);
      return give(account.lookUpAnswer(path) ?? { status: 200, body: { id: lookUp[2] } });
    }
    const { method = '' } = request;
    const template = /^\/api\/v2\/messaging\/(?:providers\/[^/]+\/)?templates\/([^/]+)$/.exec(path)?.[1];
    if (template !== undefined && method === 'GET') return give(await lookedUpTemplate(account, template));
    const contact = account.contacts.read(method, path, text);
    const arrival = contact ? { ...contact, at: performance.now(), client } : arrivalOf(method, path, text, client);
    if (!arrival) {
      account.violations.push(`${request.method} ${path} ${text}`);
      return give(problem(400, 'wrong field'));
    }
    account.arrivals.push(arrival);
    const given = account.answer(arrival);
    // What is decided at once is done in the same turn.
    const special = given instanceof Promise ? await given : given;
    if (special && special !== 'hang') return give(special);
    const usual = contact ? account.contacts.answer(contact) : doAsAsked(account, arrival);
    await account.held;
    give(special ?? usual);
  }
}

async function lookedUpTemplate(account: ProviderAccount, id: string): Promise<Exclude<Answer, undefined>> {
  const { templates, templateLookUps } = account;
  templateLookUps.push(id);
  const special = await account.templateAnswer(id);
  if (special) return special;
  const state = templates.get(id);
  if (!state) return problem(404, 'no such template');
  const { name, language, status, parameterCount } = state;
  const text = Array.from({ length: parameterCount }, (_, index) => `{{${index + 1}}}`).join(' ');
  return { status: 200, body: { id, name, language, status, components: [{ type: 'BODY', text }] } };
}

function tokenFor(account: ProviderAccount, form: string): Exclude<Answer, undefined> {
  account.tokenRequests++;
  const sent = Object.fromEntries(new URLSearchParams(form));
  const { client_id: client = '' } = sent;
  const special = account.tokenAnswer(client);
  if (special) return special;
  const wanted = { grant_type: 'client_credentials', client_id: client, client_secret: 'secret' };
  if (!CLIENTS.includes(client) || !isDeepStrictEqual(sent, wanted)) {
    account.violations.push('token request');
    return problem(400, 'wrong credentials');
  }
  const token = `token-${randomUUID()}`;
  account.tokens.set(client, token);
  return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: 3600 } };
}

function doAsAsked(account: ProviderAccount, arrival: Arrival): Exclude<Answer, undefined> {
  if (arrival.kind === 'notification') {
    const id = randomUUID();
    account.conversations.set(id, 'open');
    return { status: 200, body: { conversationId: id, status: 'INITIATED' } };
  }
  if (arrival.kind === 'open') {
    const id = randomUUID();
    account.conversations.set(id, 'open');
    return { status: 201, body: { id, status: 'queued' } };
  }
  const state = account.conversations.get(arrival.conversationId!);
  if (state === undefined) return problem(404, 'unknown conversation');
  if (arrival.kind === 'list') {
    return { status: 200, body: { entities: account.agents.get(arrival.conversationId!) ?? [] } };
  }
  if (state === 'closed') return problem(400, 'the conversation is closed', 'conversation.closed');
  if (arrival.kind === 'add') return addAgent(account, arrival);
  if (arrival.kind === 'wrap-up') return wrapUpAgent(account, arrival);
  return { status: 200, body: { id: randomUUID(), status: 'queued' } };
}

/** The request, when every field of it is as the guide writes it. */
function arrivalOf(method: string, path: string, text: string, client: string): Arrival | undefined {
  const at = performance.now();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  if (path === '/api/v2/conversations/messaging') {
    return isOpening(body) ? { kind: 'open', at, client, body } : undefined;
  }
  if (path === '/api/v2/messaging/conversations') {
    const said = notificationIn(body);
    return said && { kind: 'notification', at, client, body, ...said };
  }
  const [, of, participantId] =
    /^\/api\/v2\/conversations\/messaging\/([^/]+)\/participants(?:\/([^/]+)\/wrapup)?$/.exec(path) ?? [];
  if (of !== undefined) {
    const kind = kindOf(method, participantId, body);
    return (
      kind && { kind, at, client, conversationId: of, body, ...(participantId !== undefined && { participantId }) }
    );
  }
  const conversationId = /^\/api\/v2\/conversations\/messaging\/([^/]+)\/messages$/.exec(path)?.[1];
  const said = conversationId === undefined ? undefined : saidIn(body);
  return said === undefined ? undefined : { kind: 'message', at, client, conversationId, body, text: said };
}

function isOpening(body: Record<string, unknown>): boolean {
  const { to, from, routing_data: routing, metadata } = body as Record<string, Record<string, unknown>>;
  const parties = [...((to as unknown as unknown[]) ?? []), from];
  const attributes = routing?.attributes as Record<string, unknown> | undefined;
  return (
    parties.length === 2 &&
    parties.every((party) => isParty(party)) &&
    attributes?.compliance_opt_in === true &&
    /^queue-\d$/.test(String(routing?.queue_id)) &&
    routing?.routing_type === 'queue' &&
    typeof metadata?.external_ref === 'string'
  );
}

function isParty(party: unknown): boolean {
  const { id, type, address } = party as Record<string, string>;
  return IDS.test(id ?? '') && type === 'person' && id!.endsWith(`:${address}`);
}

function saidIn({ to, text, template, ...rest }: Record<string, unknown>): string | undefined {
  const { id, type } = (to ?? {}) as Record<string, string>;
  if (Object.keys(rest).length > 0 || !IDS.test(id ?? '') || type !== 'person') return undefined;
  if (text && !template) return (text as { content?: string }).content;
  const { name, language } = (template ?? {}) as { name?: string; language?: { code?: string } };
  return language?.code ? name : undefined;
}
