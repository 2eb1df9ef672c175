const PHONE = /^\+[1-9]\d{6,14}$/;
const ADDRESSES = { sms: PHONE, email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/ };

/** Guide 001, section 3, and guide 002, section 3: what a notification says, when every field of it is as one of them writes it. */
export function notificationIn(body: Record<string, unknown>): { to: string; text: string } | undefined {
  return 'participant' in body ? whatsapp(body) : messaging(body);
}

function whatsapp({ label, participant, messages, ...rest }: Record<string, unknown>) {
  const { phoneNumber, channelType } = (participant as { address?: Partial<Record<string, string>> }).address ?? {};
  const [message, ...more] = (messages ?? []) as Record<string, unknown>[];
  const { type, templateName, language, parameters } = message ?? {};
  const isRight =
    Object.keys(rest).length + more.length === 0 &&
    typeof label === 'string' &&
    channelType === 'whatsapp' &&
    phoneNumber !== undefined &&
    PHONE.test(phoneNumber) &&
    type === 'whatsapp_template' &&
    typeof language === 'string' &&
    Array.isArray(parameters);
  return isRight ? { to: phoneNumber, text: String(templateName) } : undefined;
}

function messaging({ conversationType, addresses, templateId, body, ...rest }: Record<string, unknown>) {
  const [{ address, channelType } = {}, ...more] = (addresses ?? []) as Partial<Record<string, string>>[];
  const isRight =
    Object.keys(rest).length + more.length === 0 &&
    (conversationType === 'sms' || conversationType === 'email') &&
    channelType === conversationType.toUpperCase() &&
    address !== undefined &&
    ADDRESSES[conversationType].test(address) &&
    saysOne(templateId, body);
  return isRight ? { to: address, text: String(templateId ?? body) } : undefined;
}

/** Values by name with the id of a template, or a text as it is. */
function saysOne(templateId: unknown, body: unknown): boolean {
  if (templateId === undefined) return typeof body === 'string';
  const values: unknown[] = Object.values(body ?? {});
  return typeof templateId === 'string' && typeof body !== 'string' && values.every((one) => typeof one === 'string');
}
