import type { Step } from './step.ts';
import { comeUp } from './steps/come-up.ts';
import { promoteStrategy } from './steps/promote-strategy.ts';
import { repairEdits } from './steps/repair-edits.ts';
import { restoreCluster } from './steps/restore-cluster.ts';
import { resumeWithFix } from './steps/resume-with-fix.ts';
import { rollBackPrompt } from './steps/roll-back-prompt.ts';
import { rotateToken } from './steps/rotate-token.ts';

/** The steps in order; each one starts where the one before ended. */
export const story: readonly Step[] = [
  comeUp,
  promoteStrategy,
  repairEdits,
  rotateToken,
  rollBackPrompt,
  resumeWithFix,
  restoreCluster,
];
