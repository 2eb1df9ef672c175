/** What a keyword asks for. */
export type KeywordMeaning = 'opt-out' | 'opt-in' | 'help';

/** Words of one language with one meaning. */
export interface KeywordWords {
  readonly language: string;
  readonly meaning: KeywordMeaning;
  readonly words: readonly string[];
  /** Words that people say to many things: an opt-in only from somebody who is opted out. */
  readonly onlyIfOut?: boolean;
}

/** English as the carriers demand it (provider-apis.md, X19); the other languages are ours, and can be added to by file. */
export const KEYWORD_WORDS: readonly KeywordWords[] = [
  {
    language: 'en',
    meaning: 'opt-out',
    words: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'],
  },
  { language: 'en', meaning: 'opt-in', words: ['START', 'UNSTOP'] },
  { language: 'en', meaning: 'opt-in', words: ['YES'], onlyIfOut: true },
  { language: 'en', meaning: 'help', words: ['HELP'] },
  { language: 'de', meaning: 'opt-out', words: ['STOPP', 'ABMELDEN', 'ABBESTELLEN', 'BEENDEN'] },
  { language: 'de', meaning: 'opt-in', words: ['STARTEN', 'ANMELDEN'] },
  { language: 'de', meaning: 'opt-in', words: ['JA'], onlyIfOut: true },
  { language: 'de', meaning: 'help', words: ['HILFE'] },
  { language: 'fr', meaning: 'opt-out', words: ['ARRÊT', 'ARRÊTER', 'DÉSABONNER', 'DÉSINSCRIRE', 'ANNULER'] },
  { language: 'fr', meaning: 'opt-in', words: ['DÉMARRER', 'COMMENCER'] },
  { language: 'fr', meaning: 'opt-in', words: ['OUI'], onlyIfOut: true },
  { language: 'fr', meaning: 'help', words: ['AIDE'] },
  { language: 'es', meaning: 'opt-out', words: ['ALTO', 'PARAR', 'BAJA', 'DARME DE BAJA', 'CANCELAR'] },
  { language: 'es', meaning: 'opt-in', words: ['INICIAR', 'EMPEZAR'] },
  { language: 'es', meaning: 'opt-in', words: ['SÍ'], onlyIfOut: true },
  { language: 'es', meaning: 'help', words: ['AYUDA'] },
  { language: 'it', meaning: 'opt-out', words: ['FERMA', 'ANNULLA', 'CANCELLA', 'DISISCRIVIMI'] },
  { language: 'it', meaning: 'opt-in', words: ['INIZIA', 'ATTIVA'] },
  { language: 'it', meaning: 'opt-in', words: ['SÌ'], onlyIfOut: true },
  { language: 'it', meaning: 'help', words: ['AIUTO'] },
  { language: 'pt', meaning: 'opt-out', words: ['PARE', 'SAIR', 'CANCELAR', 'DESCADASTRAR'] },
  { language: 'pt', meaning: 'opt-in', words: ['COMEÇAR', 'INICIAR'] },
  { language: 'pt', meaning: 'opt-in', words: ['SIM'], onlyIfOut: true },
  { language: 'pt', meaning: 'help', words: ['AJUDA'] },
  { language: 'nl', meaning: 'opt-out', words: ['STOPPEN', 'AFMELDEN', 'UITSCHRIJVEN', 'ANNULEREN'] },
  { language: 'nl', meaning: 'opt-in', words: ['STARTEN', 'AANMELDEN'] },
  { language: 'nl', meaning: 'opt-in', words: ['JA'], onlyIfOut: true },
  { language: 'nl', meaning: 'help', words: ['HULP'] },
];

/** Languages that are known without a file. */
export const KEYWORD_LANGUAGES: readonly string[] = [...new Set(KEYWORD_WORDS.map(({ language }) => language))];
