import { objectsAt, textAt } from './read-field.ts';
import { type HealthRule, healthy, progressing } from './verdict.ts';

/** v1 Service. Source: Argo CD's health_service.go. */
export const assessService: HealthRule = (live) => {
  if (textAt(live, 'spec', 'type') !== 'LoadBalancer') return healthy();
  const addresses = objectsAt(live, 'status', 'loadBalancer', 'ingress');
  return addresses.length > 0 ? healthy() : progressing("waiting for the load balancer's address");
};

/** Ingress of any group. Many controllers never write an address, so that is a note; Argo CD waits for it. */
export const assessIngress: HealthRule = (live, { compatibility }) => {
  if (objectsAt(live, 'status', 'loadBalancer', 'ingress').length > 0) return healthy();
  if (compatibility === 'argocd') return progressing("waiting for the load balancer's address");
  return healthy('it has no address (yet)');
};
