const PHONE = /^\+[1-9]\d{6,14}$/;

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
    conversationType === 'sms' &&
    channelType === 'SMS' &&
    address !== undefined &&
    PHONE.test(address) &&
    typeof templateId === 'string' &&
    Object.values(body ?? {}).every((value) => typeof value === 'string');
  return isRight ? { to: address, text: templateId } : undefined;
}
