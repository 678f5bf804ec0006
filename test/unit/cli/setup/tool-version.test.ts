import { describe, expect, it } from '@jest/globals';
import { type ToolName, versionProblem } from '../../../../cli/setup/tool-version.ts';

const cases: readonly [ToolName, string, boolean][] = [
  ['helm', 'v4.1.4', true],
  ['helm', 'v4.1.0-rc.1', true],
  ['helm', 'v3.18.0', true],
  ['helm', 'v4.0.9', false],
  ['helm', 'v3.17.3', false],
  ['helm', 'v5.0.0', false],
  ['helm', 'v2.17.0', false],
  ['kubectl', 'v1.35.2', true],
  ['kubectl', 'v1.33.0-eks-1', true],
  ['kubectl', 'v1.32.4-dispatcher', false],
  ['kustomize', 'v5.7.1', true],
  ['kustomize', 'v4.5.7', false],
  ['kustomize', '(devel)', false],
];

describe('Tool versions', () => {
  it.each(cases)('%s %s usable: %s', (tool, version, usable) => {
    expect(versionProblem(tool, version) === undefined).toBe(usable);
  });

  it('says what is there and what is needed', () => {
    expect(versionProblem('helm', 'v3.9.0')).toBe(
      'is v3.9.0; Plumbline works with helm ≥ 3.18.0 or ≥ 4.1.0 of the same major version',
    );
  });
});
