/** The environment variable of a configuration property: `kafkaBrokers` is read from `KAFKA_BROKERS`. */
export function variableName(property: string): string {
  return property
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase();
}
