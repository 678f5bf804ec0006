import { Command } from 'commander';
import { adoptCommand } from './commands/adopt.ts';
import { completionCommand } from './commands/completion.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { gcCommand } from './commands/gc.ts';
import { historyCommand } from './commands/history.ts';
import { listCommand } from './commands/list.ts';
import { renderCommand } from './commands/render.ts';
import { restoreCommand } from './commands/restore.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { secretsCommand } from './commands/secrets.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { tailCommand } from './commands/tail.ts';
import { unpinCommand } from './commands/unpin.ts';
import { versionCommand } from './commands/version.ts';
import { addGlobalOptions } from './global-options.ts';
import type { Act } from './session.ts';
import { plumbVersion } from './version.ts';

/** All of `plumb`, in the order of its help. */
export function createProgram(act: Act): Command {
  const program = addGlobalOptions(new Command('plumb'))
    .description('Keeps Kubernetes clusters equal to Git with nothing running in them.')
    .version(plumbVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  const commands = [
    renderCommand(act),
    diffCommand(act),
    syncCommand(act),
    statusCommand(act),
    listCommand(act),
    historyCommand(act),
    tailCommand(act),
    rollbackCommand(act),
    unpinCommand(act),
    restoreCommand(act),
    secretsCommand(act),
    serveCommand(act),
    adoptCommand(act),
    gcCommand(act),
    doctorCommand(act),
    completionCommand(act, program),
    versionCommand(act),
  ];
  for (const command of commands)
    program.addCommand(command.copyInheritedSettings(program).helpOption('-h, --help', 'print help'));
  return program.addHelpText(
    'after',
    '\nplumb COMMAND --help shows examples of a command. Options may also be set as variables: PLUMB_STORE, PLUMB_OUTPUT, …\n',
  );
}
