import { describe, expect, it } from '@jest/globals';
import type { Application } from '../../../../shared/model/application.ts';
import type { LiveObject, StringMap } from '../../../../shared/model/manifest.ts';
import { assessorFor } from '../../../../shared/workflows/sync/assessor.ts';

const application = (annotations: StringMap): Application => ({ annotations }) as Application;
const ingress = (annotations: StringMap = {}): LiveObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', uid: 'u', resourceVersion: '1', annotations },
  status: {},
});

describe('assessorFor', () => {
  it.each([
    ['Plumbline’s own rules', {}, 'Healthy'],
    ['Argo CD’s rules on request', { 'plumbline.dev/health-compatibility': 'argocd' }, 'Progressing'],
  ])('judges by %s', (_rules, annotations, code) => {
    expect(assessorFor(application(annotations))(ingress())?.code).toBe(code);
  });

  it('leaves out an object that asks for it', () => {
    const left = ingress({ 'argocd.argoproj.io/ignore-healthcheck': 'true' });
    expect(assessorFor(application({}))(left)).toBeUndefined();
  });
});
