import type { ExternalSecret } from './external-secret.ts';

const unquoted = /^\s*[^\s'"{}#][^:]*:\s+\{\{-?(?<action>.*?)-?\}\}\s*$/;
const quoting = /\b(?:quote|squote|toJson|mustToJson|toRawJson|b64enc|toYaml|indent|nindent)\b/;

/** What a person should know of an ExternalSecret as it is written. */
export function noticesOf(es: ExternalSecret): readonly string[] {
  const { template } = es.target;
  return (template?.templateFrom ?? []).flatMap(({ from }, index) =>
    from.type === 'literal' ? noticesOfLiteral(from.text, `spec.target.template.templateFrom[${index}].literal`) : [],
  );
}

/** What is not in quotes is read as YAML: 0123 becomes 83, yes becomes true, and what follows # is lost. */
function noticesOfLiteral(text: string, field: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const action = unquoted.exec(line)?.groups?.action;
    if (action === undefined || quoting.test(action)) return [];
    return [`${field}, line ${index + 1}: the value is not in quotes, so YAML may change it; write {{ … | quote }}`];
  });
}
