/** Of Meta for templates (components; template names), where nothing else is said. Characters are Unicode code points. */
export const LIMITS = {
  name: 512,
  header: 60,
  body: 1024,
  footer: 60,
  buttons: 10,
  urlButtons: 2,
  phoneButtons: 1,
  codeButtons: 1,
  /** More are not shown on a desktop. */
  buttonsOnDesktop: 3,
  title: 25,
  url: 2000,
  phone: 20,
  code: 15,
  /** Guide 001, section 4. */
  payload: 256,
  /** Genesys: 5 segments of 153 characters. */
  sms: 765,
  /** Ours. */
  mail: 4000,
  subject: 255,
  languages: 100,
  variables: 64,
  fallbacks: 5,
  /** Of a file, in UTF-8: several times what a template in 30 languages takes. */
  fileBytes: 256 * 1024,
} as const;

export const lengthOf = (text: string): number => [...text].length;
