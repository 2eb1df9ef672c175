/**
 * What a template must not carry (guide 002, section 2: PCI-DSS, HIPAA), as people name it in English, German, French, Spanish,
 * Portuguese and Italian. Compared word by word, so that `ssn` is found in `customerSSN`, and not in `classname`.
 */
const NAMES = `
ssn|social security|social security number|social security no|sin number|nino|national insurance|national insurance number
national id|national id number|identity card|id card|id number|personal id|tax id|tax number|tin number|itin
passport|passport number|passport no|driver license|drivers license|driving licence|driver licence|license number
credit card|creditcard|credit card number|card number|cardnumber|card no|card num|cc number|ccnumber|cc num|ccn|pan|debit card
cvv|cvv2|cvc|cvc2|card code|card expiry|card expiration|card pin|iban|bank account|bank account number|routing number|sort code
account pin|password|passwd|passphrase|mothers maiden name|maiden name|date of birth|birth date|birthdate|dob|birthday
medical record|medical record number|mrn|health insurance|health insurance number|diagnosis|biometric
sozialversicherungsnummer|steuernummer|steuer id|kreditkarte|kreditkartennummer|kartennummer|kontonummer|reisepass
reisepassnummer|personalausweis|ausweisnummer|passwort|geburtsdatum|geburtstag|prüfziffer
numero de securite sociale|securite sociale|carte bancaire|carte de credit|numero de carte|passeport|mot de passe|date de naissance
tarjeta de credito|numero de tarjeta|cuenta bancaria|pasaporte|contrasena|fecha de nacimiento|dni|curp
cartao de credito|numero do cartao|conta bancaria|passaporte|senha|data de nascimento|cpf
carta di credito|numero carta|conto corrente|codice fiscale|parola chiave|data di nascita
`;

const joined = (words: string): string => words.replace(/ /g, '');

const KNOWN: ReadonlySet<string> = new Set(NAMES.trim().split(/[|\n]/).map(joined));
const MOST_WORDS = 5;

/** Of a name in any spelling: CreditCardNumber, credit-card-number, creditCardNumber2. */
function wordsOf(name: string): string[] {
  const spaced = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return spaced
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/** The piece of a variable's name that says that its value is personal; undefined when none does. */
export function personalPart(name: string): string | undefined {
  const words = wordsOf(name);
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= Math.min(words.length, from + MOST_WORDS); to++) {
      if (KNOWN.has(words.slice(from, to).join(''))) return words.slice(from, to).join(' ');
    }
  }
  return undefined;
}

/** As many digits as a telephone number or a card has, however they are grouped. */
const LONG_NUMBER = /(?:\d[ ._-]?){9,}/;
const MAIL_ADDRESS = /[\w.+-]+(?:@|_at_)[\w-]+(?:\.|_dot_|_)[a-z]{2,}/i;

/** What a payload looks like that would tell webhook logs about the customer (guide 001, section 4). */
export function personalLook(payload: string): string | undefined {
  if (LONG_NUMBER.test(payload)) return 'a telephone or card number';
  return MAIL_ADDRESS.test(payload) ? 'a mail address' : undefined;
}
