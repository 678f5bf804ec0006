import type { FunctionTable } from '../evaluate/go-function.ts';
import { builtinFunctions } from './builtins.ts';
import { caseFunctions } from './case.ts';
import { certificateFunctions } from './certificates.ts';
import { cipherFunctions } from './ciphers.ts';
import { dateFunctions } from './dates.ts';
import { defaultFunctions } from './defaults.ts';
import { dictFunctions } from './dicts.ts';
import { digestFunctions } from './digests.ts';
import { encodingFunctions, hexFunctions } from './encoding.ts';
import { externalPkiFunctions } from './external-pki.ts';
import { listFunctions } from './lists.ts';
import { numberFunctions } from './numbers.ts';
import { externalPasswordFunctions, passwordFunctions } from './passwords.ts';
import { pathFunctions } from './paths.ts';
import { randomFunctions } from './random.ts';
import { regexFunctions } from './regex.ts';
import { stringFunctions } from './strings.ts';
import { urlFunctions } from './urls.ts';
import { versionFunctions } from './versions.ts';
import { yamlFunctions } from './yaml.ts';

/** Whose templates are rendered; it decides which functions there are. */
export type TemplateFlavour = 'external-secrets' | 'sealed-secrets';

const sprig: FunctionTable = {
  ...builtinFunctions,
  ...caseFunctions,
  ...certificateFunctions,
  ...cipherFunctions,
  ...dateFunctions,
  ...defaultFunctions,
  ...dictFunctions,
  ...digestFunctions,
  ...encodingFunctions,
  ...listFunctions,
  ...numberFunctions,
  ...passwordFunctions,
  ...pathFunctions,
  ...randomFunctions,
  ...regexFunctions,
  ...stringFunctions,
  ...urlFunctions,
  ...versionFunctions,
};

const tables: { readonly [flavour in TemplateFlavour]: FunctionTable } = {
  'sealed-secrets': sprig,
  'external-secrets': {
    ...sprig,
    ...hexFunctions,
    ...externalPasswordFunctions,
    ...yamlFunctions,
    ...externalPkiFunctions,
  },
};

/** All functions that a template of a flavour may call. */
export function functionsOf(flavour: TemplateFlavour): FunctionTable {
  return tables[flavour];
}
