import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { compareSync } from 'bcryptjs';
import fc from 'fast-check';
import { templateOf } from '../support/secrets/leaky-templates.ts';
import { errorOf, everythingOf, renderText } from '../support/secrets/render-text.ts';
import { expectedOf, renderCase, slowCases } from '../support/secrets/template-results.ts';

describe('A template', () => {
  it.each(slowCases)('gives what Go gives where that takes long: $template', (one) => {
    expect(renderCase(one)).toBe(expectedOf(one));
  });

  it('never shows a value when it fails, in 5,000 random templates', () => {
    let failed = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 4, maxLength: 30 }), (seeds) => {
        const { fail, markers } = templateOf(seeds);
        const error = fail();
        failed += error === undefined ? 0 : 1;
        for (const marker of markers) expect(everythingOf(error)).not.toContain(marker);
      }),
      { numRuns: 5_000 },
    );
    expect(failed).toBeGreaterThan(1_000);
  });

  it('is stopped when it hashes on and on', () => {
    const text = '{{ range until 100 }}{{ derivePassword 1 "pin" "a" "b" "c" }}{{ end }}';
    expect(errorOf(text).message).toContain('takes more than 1,000,000 steps');
  });
});

describe('What a template makes by chance', () => {
  it('is a hash of the password', () => {
    expect(compareSync('correct horse ✓', renderText('{{ bcrypt .p }}', { p: 'correct horse ✓' }))).toBe(true);
    expect(compareSync('pw', renderText('{{ htpasswd "u" "pw" }}').slice(2))).toBe(true);
  });

  it('is a chain of certificates with RSA keys', () => {
    const text = `{{ $ca := genCA "ca" 365 }}{{ $c := genSignedCert "x" nil (list "x.example") 30 $ca }}{{ $ca.Cert }}|{{ $c.Cert }}`;
    const [ca = '', certificate = ''] = renderText(text).split('|');
    const authority = new X509Certificate(ca);
    expect(new X509Certificate(certificate).verify(authority.publicKey)).toBe(true);
    expect(new X509Certificate(renderText('{{ (genSelfSignedCert "y" nil nil 1).Cert }}')).checkIssued(authority)).toBe(
      false,
    );
  });

  it('is an RSA key of 4096 bits by default', () => {
    expect(renderText('{{ genPrivateKey "" | hasPrefix "-----BEGIN RSA PRIVATE KEY-----\\nMIIJ" }}')).toBe('true');
  });

  it('is each character of its alphabet about as often', () => {
    const text = renderText('{{ randNumeric 50000 }}');
    const counts = Array.from('0123456789', (digit) => text.split(digit).length - 1);
    expect(Math.min(...counts)).toBeGreaterThan(4_500);
  });
});
