import { TemplateFailure } from '../go/failure.ts';
import { decodeAllPem, toPem } from './pem.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';

/** Certificates from leaf to root, by key ids alone: signatures, dates and names are not looked at. */
export function orderChain(pem: string): readonly Certificate[] {
  const certificates = decodeAllPem(pem).map(({ bytes }) => readCertificate(bytes));
  const parents = new Map(
    certificates.map((certificate) => [certificate, findParent(certificate, certificates)] as const),
  );
  const used = new Set(parents.values());
  const leaves = certificates.filter((certificate) => !used.has(certificate));
  const [leaf] = leaves;
  if (leaves.length > 1)
    throw new TemplateFailure('the certificates are not one chain', 'give it the certificates of one chain');
  if (leaf === undefined) throw new TemplateFailure('there is no leaf certificate');
  return follow(leaf, parents);
}

function findParent(certificate: Certificate, all: readonly Certificate[]): Certificate | undefined {
  return all.find((other) => other !== certificate && other.subjectKeyId === certificate.authorityKeyId);
}

type Parents = ReadonlyMap<Certificate, Certificate | undefined>;

function follow(leaf: Certificate, parents: Parents): readonly Certificate[] {
  const chain: Certificate[] = [];
  for (let next: Certificate | undefined = leaf; next !== undefined; next = parents.get(next)) {
    if (chain.includes(next)) throw new TemplateFailure('the certificates are a circle');
    chain.push(next);
  }
  return chain;
}

/** A certificate in PEM. */
export function toCertificatePem({ bytes }: Certificate): string {
  return toPem('CERTIFICATE', bytes);
}

/** True when nobody else signed it, as far as key ids tell. */
export function isRoot({ authorityKeyId, subjectKeyId }: Certificate): boolean {
  return authorityKeyId === undefined || authorityKeyId === subjectKeyId;
}
