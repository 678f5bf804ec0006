import { describe, expect, it } from '@jest/globals';
import { adoptionNotices, adoptionRecord, formatAdoption, isWhole } from '../../../../cli/output/adoption-view.ts';
import { coloursFor } from '../../../../cli/output/colours.ts';
import type { Adoption } from '../../../../shared/workflows/adopt/adopt.ts';
import { anApplication } from '../examples.ts';

const colours = coloursFor({ NO_COLOR: '1' }, false);
const declared = [{ application: anApplication('shop'), origin: 'a test' }];
const shop = { application: 'shop', project: 'default', objects: 4, added: 3, notes: [] };
const adoption: Adoption = {
  cluster: 'prod',
  applications: [shop],
  kinds: 60,
  unknown: [],
  stray: [],
  foreign: 0,
};
const troubled: Adoption = {
  ...adoption,
  applications: [
    shop,
    { ...shop, application: 'web', added: 0, leftAlone: 'its state says that it is in cluster dev' },
  ],
  unknown: [
    { what: 'secrets', message: 'secrets: list failed (403 Forbidden)' },
    { what: 'metrics.k8s.io/v1', message: 'its API service does not answer' },
  ],
  stray: [{ ref: { group: '', kind: 'ConfigMap', namespace: 'web', name: 'copy' }, reason: 'it is a copy' }],
  foreign: 2,
};

describe('plumb adopt', () => {
  it('prints a line for each application, with what is to be known of it', () => {
    expect(formatAdoption(troubled, { dryRun: false, colours, declared })).toBe(
      [
        'APPLICATION   PROJECT   OBJECTS   ADDED   NOTE',
        'shop          default   4         3',
        'web           default   4         0       left alone: its state says that it is in cluster dev; not declared',
        '',
      ].join('\n'),
    );
  });

  it('says in a dry run what would be added, and nothing of declarations that nobody named', () => {
    const printed = formatAdoption(adoption, { dryRun: true, colours, declared: undefined });
    expect(printed).toContain('WOULD ADD');
    expect(printed).not.toContain('not declared');
  });

  it('tells what could not be read, and what was left alone', () => {
    expect(adoptionNotices(adoption)).toEqual([]);
    expect(adoptionNotices(troubled)).toEqual([
      'unknown: secrets: list failed (403 Forbidden)',
      'unknown: metrics.k8s.io/v1: its API service does not answer',
      'left alone: ConfigMap web/copy: it is a copy',
      "left alone: 2 with a tracking id that plumb did not write, such as Argo CD's",
    ]);
  });

  it('is whole only when everything was seen and every state was taken up', () => {
    expect(isWhole(adoption)).toBe(true);
    expect(isWhole({ ...troubled, unknown: [] })).toBe(false);
    expect(isWhole({ ...troubled, applications: [shop] })).toBe(false);
    expect(isWhole({ ...adoption, stray: troubled.stray, foreign: 2 })).toBe(true);
  });

  it('gives programs all of it', () => {
    expect(adoptionRecord(troubled)).toMatchObject({
      cluster: 'prod',
      applications: [{ application: 'shop', leftAlone: null }, { leftAlone: expect.any(String) }],
      stray: [{ group: '', kind: 'ConfigMap', namespace: 'web', name: 'copy', reason: 'it is a copy' }],
      foreign: 2,
    });
  });
});
