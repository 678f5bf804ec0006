import { functionsOf, type TemplateFlavour } from './library/function-table.ts';
import { refusedFunctions } from './library/refused.ts';
import type { Tree } from './syntax/node.ts';
import { parseTemplate } from './syntax/parse.ts';
import { SyntaxFailure } from './syntax/syntax-failure.ts';
import { templateError } from './template-error.ts';

/** Reads a template, given as a Go string; what is wrong with it is SecretError with name, line and column. */
export function readTemplate(name: string, text: string, flavour: TemplateFlavour): Tree {
  const functions = functionsOf(flavour);
  try {
    return parseTemplate(text, (called) => Object.hasOwn(functions, called));
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw templateError({ name, text, at: 0 }, 'it cannot be read');
    const hint = adviceFor(error.message, flavour);
    throw templateError({ name, text, at: error.at }, error.message, hint);
  }
}

function adviceFor(reason: string, flavour: TemplateFlavour): string | undefined {
  const called = /^there is no function "(.*)"$/s.exec(reason)?.[1];
  if (called === undefined) return undefined;
  const refused = refusedFunctions.get(called);
  if (refused !== undefined) return refused;
  return flavour === 'sealed-secrets'
    ? 'a SealedSecret has the functions of Go and sprig only'
    : 'use a function of Go, sprig or External Secrets';
}
