import { expect, it } from '@jest/globals';
import { describeHolder } from '../../../shared/plan/describe-holder.ts';

it.each([
  ['vm~0035969e:5651:6b4fed2e_4026531836.1200-0a1b2c3d', 'process 5651 on vm'],
  ['vm:5651:x_x.x-0a1b2c3d', 'process 5651 on vm'],
  ['somebody else', 'somebody else'],
])('The holder %s of a lease is called %s', (holder, words) => expect(describeHolder(holder)).toBe(words));
