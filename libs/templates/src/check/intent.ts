/**
 * Words that tell what a template is for. Guide 001, section 1: the trigger decides, not the tone ("a transactional update
 * regarding a payment is always UTILITY, regardless of promotional language"). So these only ever warn.
 */
const PROMOTION = `
sale|discount|discounts|% off|percent off|special offer|offers|promo|promotion|promo code|coupon|voucher|deal|deals|bargain|buy now|shop now
limited time|exclusive|free gift|cashback|best price|new arrivals|new collection|subscribe|win a
angebot|angebote|rabatt|gutschein|aktion|sonderpreis|jetzt kaufen|sparen sie|schnäppchen|neue kollektion
promotion|soldes|remise|bon de réduction|offre spéciale|oferta|ofertas|descuento|rebajas|cupón|promoção|desconto|sconto|offerta|saldi
`;
const TRANSACTION = `
order|orders|payment|paid|invoice|bill|receipt|refund|delivery|delivered|shipped|shipment|parcel|package|tracking|booking|booked
reservation|appointment|ticket|claim|contract|account|balance|subscription expires|password reset|due on|overdue
bestellung|auftrag|zahlung|bezahlt|rechnung|quittung|erstattung|lieferung|versandt|paket|sendung|buchung|reservierung|termin|vertrag
commande|paiement|facture|remboursement|livraison|colis|réservation|rendez-vous|pedido|pago|factura|reembolso|entrega|envío|reserva|cita
pagamento|fatura|encomenda|consulta|ordine|fattura|consegna|pacco|prenotazione|appuntamento
`;
const CODE = `code|otp|pin|passcode|verification|verify|one-time|einmalcode|bestätigungscode|code de vérification|código|codice|kod`;

function finder(words: string): (text: string) => string | undefined {
  const listed = words.trim().split(/[|\n]/);
  const pattern = listed.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const whole = new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'iu');
  return (text) => whole.exec(text)?.[0].toLowerCase();
}

const promotion = finder(PROMOTION);
const transaction = finder(TRANSACTION);
const code = finder(CODE);

/**
 * What speaks against a category.
 *
 * @param text everything the template says, and the names of its variables with blanks
 * @returns one sentence, or undefined
 */
export function intentDoubt(category: string, text: string): string | undefined {
  const offer = promotion(text);
  const event = transaction(text);
  if (category === 'MARKETING' && event !== undefined && offer === undefined) {
    return `is MARKETING, but speaks of "${event}": what a customer's own order or payment triggers is UTILITY`;
  }
  if (category !== 'MARKETING' && offer !== undefined && event === undefined) {
    return `is ${category}, but speaks of "${offer}" and of nothing that a customer did: that is MARKETING`;
  }
  if (category === 'AUTHENTICATION' && code(text) === undefined) {
    return 'is AUTHENTICATION, but speaks of no code: only templates with a one-time code are';
  }
  return undefined;
}
