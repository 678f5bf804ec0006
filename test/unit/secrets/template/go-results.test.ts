import { describe, expect, it } from '@jest/globals';
import { functionsOf } from '../../../../shared/secrets/template/library/function-table.ts';
import { allTemplates, expectedOf, quickCases, renderCase } from '../../../support/secrets/template-results.ts';

/** Functions of External Secrets that no Go module offers; they have tests of their own. */
const withoutOracle = /pkcs12|Pkcs12|PKCS12|PEM$|Pem$|filterCertChain|certSANs|rsaDecrypt/;

/** Functions whose results are never the same, and slow ones that fail or succeed beyond the table. */
const withoutResult = new Set(['call']);

describe('A template', () => {
  it('gives byte for byte what Go gives, and fails where Go fails: each of more than a thousand cases', () => {
    expect(quickCases.length).toBeGreaterThan(1_000);
    const differing = quickCases.filter((one) => renderCase(one) !== expectedOf(one)).map(({ template }) => template);
    expect(differing).toEqual([]);
  });

  it('can call every function of Go, sprig and External Secrets, and the table has each of them', () => {
    const names = Object.keys(functionsOf('external-secrets'));
    expect(names.length).toBeGreaterThanOrEqual(209 + 18 + 18 - 5);
    const text = allTemplates.join('\n');
    const absent = names.filter((name) => !withoutOracle.test(name) && !new RegExp(`\\b${name}\\b`).test(text));
    expect(absent.filter((name) => !withoutResult.has(name))).toEqual([]);
  });

  it('of a SealedSecret has no function that External Secrets adds', () => {
    const mine = functionsOf('sealed-secrets');
    const names = Object.keys(functionsOf('external-secrets')).filter((name) => !Object.hasOwn(mine, name));
    expect(names.sort()).toEqual([
      'certSANs',
      'filterCertChain',
      'filterPEM',
      'fromYaml',
      'fullPemToPkcs12',
      'fullPemToPkcs12Pass',
      'hexdec',
      'jwkPrivateKeyPem',
      'jwkPublicKeyPem',
      'pemToPkcs12',
      'pemToPkcs12Pass',
      'pemTruststoreToPKCS12',
      'pemTruststoreToPKCS12Pass',
      'pkcs12cert',
      'pkcs12certPass',
      'pkcs12key',
      'pkcs12keyPass',
      'rsaDecrypt',
      'toYaml',
    ]);
  });
});
