import { conditionsOf, explain, findCondition, isTrue } from './conditions.ts';
import { degraded, type HealthRule, healthy, progressing } from './verdict.ts';

/** apiregistration.k8s.io APIService. Source: Argo CD's health_apiservice.go. */
export const assessApiService: HealthRule = (live) => {
  const available = findCondition(conditionsOf(live), 'Available');
  if (available?.status === 'True') return healthy();
  return progressing(available === undefined ? 'waiting to be available' : explain(available));
};

/** apiextensions.k8s.io CustomResourceDefinition: served once Established. A schema that is not structural is a note. */
export const assessDefinition: HealthRule = (live, { compatibility }) => {
  const conditions = conditionsOf(live);
  const names = findCondition(conditions, 'NamesAccepted');
  const schema = findCondition(conditions, 'NonStructuralSchema');
  if (names?.status === 'False') return degraded(`its names are not accepted: ${explain(names)}`);
  if (!isTrue(conditions, 'Established')) return progressing('waiting to be established');
  if (schema?.status !== 'True') return healthy();
  const note = `its schema is not structural: ${schema.message}`;
  return compatibility === 'argocd' ? degraded(note) : healthy(note);
};
